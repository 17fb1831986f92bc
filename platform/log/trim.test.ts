import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { it } from 'node:test';
import { openEngine } from '../embedded/engine.ts';
import { MillraceError } from '../errors/error.ts';
import { fileCodec } from '../schemas/files.ts';
import type { Append } from './port.ts';

it('the embedded log removes what is past its retention, and offsets go on', async () => {
  const folder = await mkdtemp(`${tmpdir()}/millrace-trim-`);
  let now = 1_000_000;
  let engine = openEngine(folder, fileCodec(), () => now);
  const spec = { name: 'short', partitions: 1, retention_ms: 1000, compact: false, volatile: false };
  const record = (seq: number): Append => {
    const value = { epoch: 0, last_read_seq: seq, last_read_rev: 0, since_rev: 0 };
    return { topic: 'short', key: 'k', schema: 'ReadMarker', value };
  };
  await engine.log.declare([spec]);
  await engine.log.append([record(0), record(1)]);
  now += 900;
  await engine.log.append([record(2)]);
  now += 200;
  assert.equal(await engine.log.trim(), 2);
  assert.deepEqual(await engine.log.bounds('short', 0), { start: 2, end: 3 });
  now += 5000;
  assert.equal(await engine.log.trim(), 0, 'the newest record stays');
  await engine.close();

  engine = openEngine(folder, fileCodec(), () => now);
  await engine.log.declare([spec]);
  assert.deepEqual(await engine.log.append([record(3)]).then(([position]) => position!.offset), 3);
  const reader = engine.log.reader('short', 0, 0);
  await assert.rejects(reader.next(10), (error) => error instanceof MillraceError && error.code === 'conflict');
  await engine.close();
  await rm(folder, { recursive: true });
});
