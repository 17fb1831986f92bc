import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openEngine } from '../embedded/engine.ts';
import { fileCodec } from '../schemas/files.ts';
import type { Unit } from '../units/port.ts';
import type { Append, LogReader } from './port.ts';

const topic = { name: 'typed', partitions: 1, retention_ms: null, compact: false, volatile: false };

const record = (user_id: string, name = 'typed'): Append => ({
  topic: name,
  key: 'c',
  schema: 'Typing',
  value: { workspace_id: 'w', channel_id: 'c', user_id },
});

describe('reading ahead of the disk, on the embedded log', () => {
  let folder: string;
  let engine: ReturnType<typeof openEngine>;
  beforeEach(async () => {
    folder = mkdtempSync(`${tmpdir()}/millrace-ahead-`);
    engine = openEngine(folder, fileCodec());
    await engine.log.declare([topic, { ...topic, name: 'answers', volatile: true }]);
  });
  afterEach(async () => {
    await engine.close();
    rmSync(folder, { recursive: true });
  });
  const offsets = async (reader: LogReader, max = 100): Promise<number[]> =>
    (await reader.next(max, 0)).map(({ offset }) => offset);
  const append = (...people: string[]) => engine.log.append(people.map((person) => record(person)));

  it('shows records that are on their way, once and in order, and the others when they are there', async () => {
    await append('a', 'b');
    const ahead = engine.log.reader('typed', 0, 1, { ahead: true });
    const behind = engine.log.reader('typed', 0, 1);
    const kept = append('c', 'd', 'e');
    assert.deepEqual(await offsets(ahead), [1], 'what is on disk comes by itself');
    assert.deepEqual(await offsets(ahead, 2), [2, 3]);
    assert.deepEqual(await offsets(behind), [1]);
    assert.equal((await engine.log.bounds('typed', 0)).end, 2, 'the end is that of the disk');
    await kept;
    assert.deepEqual(await offsets(ahead), [4]);
    assert.deepEqual(await offsets(ahead), []);
    assert.deepEqual(await offsets(behind), [2, 3, 4]);
  });

  it('wakes who waits before the record is on disk', async () => {
    const ahead = engine.log.reader('typed', 0, 0, { ahead: true });
    const waiting = ahead.next(10);
    let landed = false;
    const kept = append('a').then(() => {
      landed = true;
    });
    assert.equal((await waiting).length, 1);
    assert.equal(landed, false);
    await kept;
    const idle = ahead.next(10);
    ahead.close();
    assert.deepEqual(await idle, []);
  });

  it('lets nothing be seen of a unit of work before the records that it was made of are on disk', async () => {
    const answers = engine.log.reader('answers', 0, 0);
    const unit = (next: number): Unit => ({
      rows: [],
      appends: [record('x', 'answers')],
      state: [],
      offsets: [{ consumer: 'test/source', partition: 0, offset: next }],
      folds: [],
      ahead: true,
    });
    const kept = append('a').then(() => 'on disk');
    const answered = engine.units.commit(unit(1)).then(() => 'answered');
    assert.deepEqual(await offsets(answers), []);
    assert.equal(await Promise.race([answered, kept]), 'on disk');
    await answered;
    assert.deepEqual(await offsets(answers), [0]);
    // Where all is on disk there is nothing to wait for.
    void engine.units.commit(unit(1));
    assert.deepEqual(await offsets(answers), [1]);
  });
});
