import assert from 'node:assert/strict';
import { it } from 'node:test';
import { RevGate } from './rev-gate.ts';

it('resumes each channel, whatever its id is', () => {
  const gate = new RevGate();
  const ids = ['__proto__', 'constructor', 'general'];
  for (const id of ids) gate.hold(id, 7);
  const frames = gate.resume().map((frame) => JSON.stringify(frame));
  assert.deepEqual(frames, ['{"__proto__":7,"constructor":7,"general":7}']);
});

it('asks again after a reset only for what this connection heard', () => {
  const gate = new RevGate();
  gate.hold('a', 100);
  gate.resume();
  const head = { rev: 50, seq: 5 };
  assert.equal(gate.resumed('a', { status: 'reset', head }), 'reset');
  assert.equal(gate.lags('a'), false);
  gate.hold('a', 100);
  gate.disconnected();
  gate.resume();
  assert.equal(gate.accept('a', 51), 'drop');
  assert.equal(gate.resumed('a', { status: 'reset', head }), 'reset');
  assert.equal(gate.lags('a'), true);
});
