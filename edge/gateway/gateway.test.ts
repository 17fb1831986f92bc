import assert from 'node:assert/strict';
import { it } from 'node:test';
import pino from 'pino';
import { channelKey, presenceKey } from '../../platform/keys.ts';
import { MemoryLog } from '../../platform/log/memory.ts';
import type { Append } from '../../platform/log/port.ts';
import type { MessageStore } from '../../platform/messages/port.ts';
import { fileCodec } from '../../platform/schemas/files.ts';
import { eventually } from '../../tests/support/eventually.ts';
import { Gateway } from './gateway.ts';

it('a gateway that missed records gives all up, says so, and follows anew', async () => {
  const bound = 100;
  const log = new MemoryLog(fileCodec(), Date.now, bound);
  const topic = { partitions: 1, retention_ms: null, compact: false, volatile: true };
  await log.declare(['gateway_0', 'gateways', 'interest'].map((name) => ({ name, ...topic })));
  const lost: unknown[] = [];
  const store = { head: async () => ({ rev: 7, seq: 3 }) } as unknown as MessageStore;
  const ignore = (): void => undefined;
  const ports = {
    log,
    store,
    publish: ignore,
    person: ignore,
    presence: ignore,
    lost: (error: unknown) => void lost.push(error),
  };
  const lease = { take: async () => ({ slot: '0', epoch: 1 }), release: async () => undefined };
  const gateway = new Gateway(lease, ports, pino({ level: 'silent' }));
  await gateway.start();
  const channel = { workspace_id: 'w', channel_id: 'c' };
  const address = channelKey('w', 'c');
  const marker = (ask: number): Append => {
    return { topic: 'gateway_0', key: '0', schema: 'InterestMarker', value: { address, epoch: 1, ask } };
  };

  const first = gateway.acquireChannel(channel);
  await log.append([marker(1)]);
  const feed = await first;
  assert.deepEqual(feed.current, { rev: 7, seq: 3 });
  assert.equal(gateway.acquireChannel(channel), feed, 'one that is followed is there at once');

  // More at once than the topic keeps: the reader wakes behind its start.
  await log.append(Array.from({ length: bound * 2 }, () => marker(1)));
  await eventually(() => assert.equal(lost.length, 1));
  assert.equal(gateway.interestCount, 0);

  let arrived = false;
  const again = Promise.resolve(gateway.acquireChannel(channel)).finally(() => {
    arrived = true;
  });
  await log.append([marker(1)]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(arrived, false, 'a late marker of the interest before is not this one’s');
  await log.append([marker(2)]);
  assert.notEqual(await again, feed);
  await gateway.stop();
});

it('a channel whose head could not be read is asked for anew by the next who wants it', async () => {
  const log = new MemoryLog(fileCodec());
  const topic = { partitions: 1, retention_ms: null, compact: false, volatile: true };
  await log.declare(['gateway_0', 'gateways', 'interest'].map((name) => ({ name, ...topic })));
  let away = true;
  const head = async () => {
    if (away) throw new Error('no answer in 5 s');
    return { rev: 7, seq: 3 };
  };
  const ignore = (): void => undefined;
  const ports = { log, store: { head } as unknown as MessageStore, publish: ignore, person: ignore, presence: ignore };
  const lease = { take: async () => ({ slot: '0', epoch: 1 }), release: async () => undefined };
  const gateway = new Gateway(lease, { ...ports, lost: ignore }, pino({ level: 'silent' }));
  await gateway.start();
  const channel = { workspace_id: 'w', channel_id: 'c' };
  const address = channelKey('w', 'c');
  const marker = (ask: number): Append => {
    return { topic: 'gateway_0', key: '0', schema: 'InterestMarker', value: { address, epoch: 1, ask } };
  };
  const both = [gateway.acquireChannel(channel), gateway.acquireChannel(channel)];
  await log.append([marker(1)]);
  for (const result of await Promise.allSettled(both)) assert.equal(result.status, 'rejected');
  assert.equal(gateway.interestCount, 0);
  away = false;
  const again = gateway.acquireChannel(channel);
  await log.append([marker(2)]);
  assert.deepEqual((await again).current, { rev: 7, seq: 3 });
  await gateway.stop();
});

it('what was acquired before it began anew can not be released from who holds it now', async (t) => {
  const log = new MemoryLog(fileCodec());
  const topic = { partitions: 1, retention_ms: null, compact: false, volatile: true };
  await log.declare(['gateway_0', 'gateways', 'interest'].map((name) => ({ name, ...topic })));
  const ignore = (): void => undefined;
  const ports = { log, store: {} as MessageStore, publish: ignore, person: ignore, presence: ignore, lost: ignore };
  const lease = { take: async () => ({ slot: '0', epoch: 1 }), release: async () => undefined };
  const gateway = new Gateway(lease, ports, pino({ level: 'silent' }));
  await gateway.start();
  const address = presenceKey('w', 'bob');
  const acquired = async (ask: number): Promise<void> => {
    const coming = gateway.acquireAddress(address);
    await log.append([{ topic: 'gateway_0', key: '0', schema: 'InterestMarker', value: { address, epoch: 1, ask } }]);
    await coming;
  };
  await acquired(1);
  const before = gateway.lives;
  await gateway.rejoin('its lease had ended');
  await acquired(2);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const linger_ms = 30_000;
  gateway.release(address, before);
  t.mock.timers.tick(linger_ms);
  assert.equal(gateway.interestCount, 1);
  gateway.release(address);
  // Once too often: it changes nothing.
  gateway.release(address);
  t.mock.timers.tick(linger_ms - 1);
  assert.equal(gateway.interestCount, 1);
  t.mock.timers.tick(1);
  assert.equal(gateway.interestCount, 0);
  await gateway.stop();
});
