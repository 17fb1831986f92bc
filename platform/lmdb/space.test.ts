import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { it, mock } from 'node:test';
import { openEngine } from '../embedded/engine.ts';
import { MillraceError } from '../errors/error.ts';
import type { Append } from '../log/port.ts';
import { fileCodec } from '../schemas/files.ts';

it('a disk that is nearly full takes no writes, says so, and takes them again when there is space', async () => {
  mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
  const folder = await mkdtemp(`${tmpdir()}/millrace-space-`);
  let free = 1e9;
  const engine = openEngine(folder, fileCodec(), Date.now, { free: () => free });
  await engine.log.declare([{ name: 't', partitions: 1, retention_ms: null, compact: false, volatile: false }]);
  const record: Append = {
    topic: 't',
    key: 'k',
    schema: 'ReadMarker',
    value: { epoch: 0, last_read_seq: 1, last_read_rev: 1, since_rev: 0 },
  };
  await engine.log.append([record]);
  free = 1e6;
  mock.timers.tick(1000);
  const refused = (error: unknown): boolean =>
    error instanceof MillraceError && error.code === 'unavailable' && error.detail.includes(folder);
  await assert.rejects(engine.log.append([record]), refused);
  free = 1e9;
  mock.timers.tick(1000);
  assert.deepEqual(
    (await engine.log.append([record])).map(({ offset }) => offset),
    [1],
  );
  await engine.close();
  await rm(folder, { recursive: true });
  mock.timers.reset();
});
