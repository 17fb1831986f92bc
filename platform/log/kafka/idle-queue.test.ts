import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import kafkajs from 'kafkajs';
import { createLogger } from 'kafkajs/src/loggers/index.js';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import { eventually } from '../../../tests/support/eventually.ts';
import './idle-queue.ts';

function queueOf(t: TestContext, maxInFlightRequests: number | null) {
  const logger = createLogger({ level: kafkajs.logLevel.NOTHING, logCreator: () => () => undefined });
  const queue = new RequestQueue({ maxInFlightRequests, requestTimeout: 1000, clientId: 'test', broker: 'b', logger });
  t.after(() => queue.destroy());
  let looks = 0;
  const { checkPendingRequests } = queue;
  queue.checkPendingRequests = () => {
    looks++;
    checkPendingRequests.call(queue);
  };
  const sent: number[] = [];
  const push = (correlationId: number): void =>
    queue.push({
      entry: { correlationId, apiName: 'Test', resolve: () => undefined, reject: () => undefined },
      expectResponse: true,
      sendRequest: () => void sent.push(correlationId),
    });
  const answer = (correlationId: number): void =>
    queue.fulfillRequest({ correlationId, payload: Buffer.alloc(0), size: 0 });
  return { queue, sent, push, answer, looks: () => looks };
}

it('a queue in which nothing waits is not looked at', async (t) => {
  const { push, answer, looks } = queueOf(t, null);
  push(1);
  answer(1);
  const before = looks();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(looks(), before);
});

it('what waits for its broker to be less busy is sent', async (t) => {
  const { queue, sent, push } = queueOf(t, null);
  queue.throttledUntil = Date.now() + 30;
  push(1);
  push(2);
  assert.deepEqual(sent, []);
  await eventually(() => assert.deepEqual(sent, [1, 2]));
});

it('what waits for another to be answered is sent', async (t) => {
  const { sent, push, answer } = queueOf(t, 1);
  push(1);
  push(2);
  assert.deepEqual(sent, [1]);
  answer(1);
  await eventually(() => assert.deepEqual(sent, [1, 2]));
});
