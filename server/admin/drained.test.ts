import assert from 'node:assert/strict';
import { EventEmitter, getEventListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { it } from 'node:test';
import { drained } from './server.ts';

it('a stream that waits for its reader again and again leaves no listeners behind', async () => {
  const response = new EventEmitter() as ServerResponse;
  const gone = new AbortController();
  const listeners = (): number[] => [response.listenerCount('drain'), getEventListeners(gone.signal, 'abort').length];
  for (let i = 0; i < 20; i++) {
    const waiting = drained(response, gone.signal);
    response.emit('drain');
    await waiting;
    assert.deepEqual(listeners(), [0, 0]);
  }
  const waiting = drained(response, gone.signal);
  gone.abort();
  await waiting;
  assert.deepEqual(listeners(), [0, 0]);
});
