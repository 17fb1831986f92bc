import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, beforeEach, describe, it } from 'node:test';
import { type Engine, openEngine } from '../../platform/embedded/engine.ts';
import { personKey } from '../../platform/keys.ts';
import type { Log } from '../../platform/log/port.ts';
import { fileCodec } from '../../platform/schemas/files.ts';
import type { TopologyPlan } from '../../runtime/topology/plan.ts';
import type { DeadLetter, Redrive } from '../../schemas/generated/types.ts';
import { letterOf, readCommand } from '../../tests/support/dead-letters.ts';
import { DeadLetters } from './dead-letters.ts';

const codec = fileCodec();
const plan = {
  name: 'read-markers',
  nodes: [{ kind: 'source', id: 'reads', topic: 'read_commands', schema: 'ReadCommand' }],
} as unknown as TopologyPlan;
const day = 24 * 3600 * 1000;
const alice = personKey('demo', 'alice');
const bob = personKey('demo', 'bob');
const broken = Buffer.from('00ffffffff', 'hex');

describe('dead letters', () => {
  let folder: string;
  let engine: Engine;
  let letters: DeadLetters;
  const opened: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(`${tmpdir()}/millrace-dlq-`);
    engine = openEngine(folder, codec);
    const at = folder;
    const own = engine;
    opened.push(async () => {
      await own.close();
      rmSync(at, { recursive: true });
    });
    const topic = (name: string, partitions: number) => ({
      ...{ name, partitions, retention_ms: day, compact: false, volatile: false },
    });
    await engine.log.declare([topic('dead_letters', 1), topic('dead_letter_outcomes', 1), topic('redrives', 4)]);
    letters = new DeadLetters({ log: engine.log, codec, planOf: (name) => (name === plan.name ? plan : undefined) });
  });
  after(async () => {
    for (const close of opened) await close();
  });

  const give = async (...changes: Partial<DeadLetter>[]) => void (await engine.log.append(changes.map(letterOf)));
  const ids = async (filter = {}) => (await letters.list(filter, 1000)).letters.map(({ id }) => id);

  async function redrives(partition: number): Promise<Redrive[]> {
    const reader = engine.log.reader('redrives', partition, 0);
    const records = await reader.next(100, 0);
    reader.close();
    return records.map((record) => record.decoded().value as Redrive);
  }

  it('are listed by filters, and grouped by what went wrong', async () => {
    await give(
      { offset: 1, cause: 'row 17 is locked' },
      { offset: 2, cause: 'row 4 is locked', key: bob },
      { offset: 3, node: 'rows', code: 'unavailable', cause: 'The store is down' },
    );
    assert.deepEqual(await ids(), [0, 1, 2]);
    assert.deepEqual(await ids({ key: bob }), [1]);
    assert.deepEqual(await ids({ node: 'rows' }), [2]);
    assert.deepEqual(await ids({ code: 'internal' }), [0, 1]);
    assert.deepEqual(await ids({ cause: 'STORE' }), [2]);
    assert.deepEqual(await ids({ topology: 'messages' }), []);
    assert.deepEqual(await ids({ since_ms: 60_000 }), [0, 1, 2]);
    assert.deepEqual(
      (await letters.groups({})).map(({ cause, count, keys }) => ({ cause, count, keys })),
      [
        { cause: 'row 17 is locked', count: 2, keys: 2 },
        { cause: 'The store is down', count: 1, keys: 1 },
      ],
    );
  });

  it('are shown with their value, or why there is none', async () => {
    await give({}, { value: broken });
    const { schema, value, trace_id } = await letters.show(0);
    assert.equal(schema, 'ReadCommand');
    assert.equal((value as { user_id: string }).user_id, 'alice');
    assert.equal(trace_id, 'trace-alice-1');
    const unreadable = await letters.show(1);
    assert.match(unreadable.unreadable!, /no schema here has the id/);
    assert.equal(unreadable.bytes, '00ffffffff');
    await assert.rejects(letters.show(2), { code: 'not_found' });
  });

  it('go back as they came, once, to their own partition', async () => {
    await give({ partition: 3, offset: 77, time: 5 });
    assert.deepEqual(await letters.redrive({ ids: [0] }), [0]);
    assert.deepEqual(await letters.redrive({ ids: [0] }), []);
    assert.deepEqual(await letters.redrive({ filter: {} }), []);
    assert.deepEqual(await ids(), []);
    assert.deepEqual(await ids({ resolved: true }), [0]);
    const [redrive, ...more] = await redrives(3);
    assert.equal(more.length, 0);
    const { letter, topology, source, topic, partition, offset, time, key, value } = redrive!;
    assert.deepEqual(
      { letter, topology, source, topic, partition, offset, time, key },
      {
        ...{ letter: 0, topology: 'read-markers', source: 'reads', topic: 'read_commands' },
        ...{ partition: 3, offset: 77, time: 5, key: alice },
      },
    );
    assert.deepEqual(Buffer.from(value), readCommand('alice', 1));
  });

  it('two calls at once send a letter once', async () => {
    await give({});
    const gone = await Promise.all([letters.redrive({ ids: [0] }), letters.redrive({ filter: {} })]);
    assert.deepEqual(gone.flat(), [0]);
    assert.equal((await redrives(0)).length, 1);
  });

  it('keep the order of their key: none overtakes an earlier one', async () => {
    await give({ offset: 5 }, { offset: 9 }, { offset: 7 }, { offset: 6, key: bob });
    await assert.rejects(letters.redrive({ ids: [1] }), { code: 'conflict', detail: /would overtake 0, 2/ });
    assert.deepEqual(await letters.redrive({ ids: [3] }), [3]);
    assert.deepEqual(await letters.redrive({ ids: [0] }), [0]);
    assert.deepEqual(await letters.redrive({ filter: { key: alice } }), [2, 1]);
    assert.deepEqual(
      (await redrives(0)).map(({ offset }) => offset),
      [6, 5, 7, 9],
    );
  });

  it('one that failed again is a new letter, in its old place', async () => {
    await give({ offset: 5 }, { offset: 9 });
    await letters.redrive({ ids: [0] });
    await give({ offset: 5 });
    await assert.rejects(letters.redrive({ ids: [1] }), { code: 'conflict' });
    assert.deepEqual(await letters.redrive({ filter: {} }), [2, 1]);
  });

  it('may be edited, within their schema', async () => {
    await give({}, { value: broken, key: bob });
    const marker = { epoch: 0, last_read_seq: 9, last_read_rev: 9, since_rev: 0 };
    const value = { workspace_id: 'demo', user_id: 'alice', channel_id: 'general', marker, reply_to: null };
    for (const [wrong, detail] of [
      [
        { ...value, marker: { ...marker, last_read_seq: 'nine' } },
        /^value\.marker\.last_read_seq: "nine" does not fit/,
      ],
      [{ ...value, more: 1 }, /^value: .* does not fit ReadCommand/],
      [{ user_id: 'alice' }, /^value\.workspace_id: nothing does not fit/],
      ['text', /^value: "text" does not fit ReadCommand/],
    ] as const)
      await assert.rejects(letters.redrive({ ids: [0] }, { value: wrong }), { code: 'invalid_request', detail });
    assert.deepEqual(await letters.redrive({ ids: [0] }, { value }), [0]);
    // One that could not be read gets the schema that its source has.
    assert.deepEqual(await letters.redrive({ ids: [1] }, { value: { ...value, user_id: 'bob' } }), [1]);
    const read = (await redrives(0)).map((redrive) => codec.decode(Buffer.from(redrive.value)).value);
    assert.deepEqual(
      read.map((one) => (one as { user_id: string }).user_id),
      ['alice', 'bob'],
    );
    assert.equal((await letters.show(0)).outcome!.edited, true);
  });

  it('do not go where nobody takes them', async () => {
    await give({ value: broken }, { source: 'gone', key: bob }, { topology: 'gone' }, { source: '', key: 'old' });
    await give({ partition: 4, key: 'far' });
    for (const id of [0, 1, 2, 4]) await assert.rejects(letters.redrive({ ids: [id] }), { code: 'conflict' });
    await assert.rejects(letters.redrive({ filter: {} }), { code: 'conflict' });
    assert.equal((await redrives(0)).length, 0);
    assert.deepEqual(await letters.redrive({ ids: [3] }), [3]);
    assert.equal((await redrives(0))[0]!.source, 'reads');
  });

  it('are waited for where the log takes its time, and are not told of in part', async () => {
    await give({ offset: 1 });
    const log = (takes_ms: number): Log =>
      Object.assign(Object.create(engine.log) as Log, {
        reader: (...place: Parameters<Log['reader']>) => {
          const reader = engine.log.reader(...place);
          const next = async (max: number, wait_ms: number) => (wait_ms < takes_ms ? [] : reader.next(max, wait_ms));
          return { next, close: () => reader.close() };
        },
      });
    const planOf = () => plan;
    assert.equal((await new DeadLetters({ log: log(100), codec, planOf }).list({}, 10)).total, 1);
    const never = new DeadLetters({ log: log(60_000), codec, planOf });
    await assert.rejects(never.list({}, 10), { code: 'unavailable', detail: /dead_letters/ });
  });

  it('older ones than are kept in memory are still known', async () => {
    const planOf = (name: string) => (name === plan.name ? plan : undefined);
    const few = new DeadLetters({ log: engine.log, codec, planOf, most: 3 });
    await give({ offset: 1 }, { offset: 2, key: bob }, { offset: 3 }, { offset: 4, key: bob }, { offset: 5, key: 'x' });
    assert.equal((await few.list({}, 10)).total, 3);
    assert.equal((await few.show(0)).outcome, null);
    await assert.rejects(few.redrive({ filter: { key: alice } }), { code: 'conflict', detail: /would overtake 0/ });
    assert.deepEqual(await few.redrive({ ids: [0] }), [0]);
    assert.deepEqual(await few.redrive({ ids: [0] }), []);
    assert.deepEqual(await few.redrive({ filter: { key: alice } }), [2]);
    assert.equal((await few.show(0)).outcome!.outcome, 'redriven');
  });

  it('are dropped for good', async () => {
    await give({}, {});
    assert.deepEqual(await letters.drop({ ids: [0] }), [0]);
    assert.deepEqual(await letters.drop({ ids: [0] }), []);
    assert.deepEqual(await letters.redrive({ ids: [0] }), []);
    assert.deepEqual(await letters.redrive({ ids: [1] }), [1]);
    assert.equal((await letters.show(0)).outcome!.outcome, 'dropped');
    await assert.rejects(letters.drop({ ids: [9] }), { code: 'not_found' });
  });
});
