import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, describe, it } from 'node:test';
import { Environment } from '../lmdb/environment.ts';
import { MemoryLog } from '../log/memory.ts';
import type { Append } from '../log/port.ts';
import type { MessageStore } from '../messages/port.ts';
import { fileCodec } from '../schemas/files.ts';
import { LmdbState } from '../state/lmdb.ts';
import { EngineUnits } from './engines.ts';
import type { Unit } from './port.ts';
import { SharedOffsets } from './shared-offsets.ts';

const topic = { name: 'events', partitions: 1, retention_ms: null, compact: false, volatile: false };

const event = (gateway: string): Append => ({
  topic: 'events',
  key: 'c',
  schema: 'GatewayLease',
  value: { gateway, epoch: 1, until: 1, holder: '', held: true },
});

const unit = (task: string | undefined, next: number, name: string, rows = 0): Unit => ({
  task,
  rows: Array.from({ length: rows }, () => ({}) as Unit['rows'][number]),
  appends: [event(name)],
  state: [],
  offsets: [{ consumer: `${task}/source`, partition: 0, offset: next }],
  folds: [],
});

describe('units of work on separate engines', async () => {
  const folder = mkdtempSync(`${tmpdir()}/millrace-units-`);
  const environment = Environment.open(folder);
  const log = new MemoryLog(fileCodec());
  await log.declare([topic]);
  const shared = await SharedOffsets.open(log, (error) => assert.fail(String(error)));
  const writes: { done: () => void; fail: (error: Error) => void }[] = [];
  const write = () => new Promise<void>((done, fail) => writes.push({ done, fail }));
  const messages = { write } as unknown as MessageStore;
  const units = new EngineUnits({ log, messages, environment, state: new LmdbState(environment), shared });
  after(async () => {
    await shared.close();
    await environment.close();
    rmSync(folder, { recursive: true });
  });
  const reader = log.reader('events', 0, 0);
  const appended = async (): Promise<string[]> => {
    await new Promise((resolve) => setImmediate(resolve));
    const records = await reader.next(10, 0);
    return records.map((record) => (record.decoded().value as { gateway: string }).gateway);
  };

  it('append a task’s records in the order of its calls, and wait for no other task’s rows', async () => {
    const commits = [
      units.commit(unit('a', 1, 'a1', 1)),
      units.commit(unit('a', 2, 'a2', 1)),
      units.commit(unit('a', 3, 'a3')),
      units.commit(unit('b', 1, 'b1')),
      units.commit(unit(undefined, 1, 'nobody’s')),
    ];
    assert.deepEqual(await appended(), ['b1', 'nobody’s']);
    writes[1]!.done();
    assert.deepEqual(await appended(), []);
    writes[0]!.done();
    await Promise.all(commits);
    assert.deepEqual(await appended(), ['a1', 'a2', 'a3']);
    assert.equal(await units.offset('a/source', 0), 3);
  });

  it('one that is refused takes along those of its consumer, and no others', async () => {
    writes.length = 0;
    const results = Promise.allSettled([
      units.commit(unit('a', 4, 'a4', 1)),
      units.commit(unit('a', 5, 'a5')),
      units.commit(unit('b', 2, 'b2')),
    ]);
    writes[0]!.fail(new Error('away'));
    assert.deepEqual(
      (await results).map(({ status }) => status),
      ['rejected', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(await appended(), ['b2']);
    assert.equal(await units.offset('a/source', 0), 3);
    await units.commit(unit('a', 5, 'a5'));
    assert.deepEqual(await appended(), ['a5']);
  });
});
