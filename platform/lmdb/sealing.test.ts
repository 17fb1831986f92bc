import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { it } from 'node:test';
import { MillraceError } from '../errors/error.ts';
import { Environment } from './environment.ts';
import { key } from './key.ts';
import { openRoot, openTable } from './open.ts';

const damaged = (error: unknown): boolean => error instanceof MillraceError && error.code === 'data_damaged';

it('values are encrypted on disk, read as they were, and refused where someone moved one', async () => {
  const folder = mkdtempSync(`${tmpdir()}/millrace-sealing-`);
  const options = { key: randomBytes(32) };
  let environment = Environment.open(folder, options);
  let rows = environment.table('rows');
  const words = ['archaeopteryx', 'pterodactyl', 'quetzalcoatlus'];
  await environment.write(() => {
    for (const [n, word] of words.entries()) rows.put(key(n), Buffer.from(word));
  });
  await environment.close();
  const disk = readFileSync(`${folder}/data.mdb`);
  assert.deepEqual(
    words.filter((word) => disk.includes(word)),
    [],
  );

  environment = Environment.open(folder, options);
  rows = environment.table('rows');
  const range = { start: key(0), end: key(3) };
  const read = (entries: Iterable<{ value: Buffer }>): string[] => [...entries].map(({ value }) => value.toString());
  assert.equal(rows.get(key(1))?.toString(), 'pterodactyl');
  assert.deepEqual(read(rows.range(range)), words);
  assert.deepEqual(read(rows.asOfNow(range)), words);
  assert.deepEqual(read(rows.range({ ...range, reverse: true, limit: 2 })), words.slice(1).reverse());
  await environment.close();

  const root = openRoot(folder);
  const raw = openTable(root, 'rows');
  await raw.put(key(0), raw.getBinary(key(1))!);
  await root.close();
  environment = Environment.open(folder, options);
  rows = environment.table('rows');
  assert.throws(() => rows.get(key(0)), damaged);
  assert.throws(() => read(rows.range(range)), damaged);
  assert.equal(rows.get(key(2))?.toString(), 'quetzalcoatlus');
  await environment.close();
  rmSync(folder, { recursive: true });
});
