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
