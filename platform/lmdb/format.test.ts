import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { it } from 'node:test';
import { MillraceError } from '../errors/error.ts';
import { Environment } from './environment.ts';
import { key } from './key.ts';

it('a folder that a newer version has written is refused, and left as it is', async () => {
  const folder = await mkdtemp(`${tmpdir()}/millrace-format-`);
  let environment = Environment.open(folder);
  const [table, meta] = [environment.table('rows'), environment.table('meta')];
  await environment.write(() => table.put(key('a'), Buffer.from('kept')));
  await environment.close();

  environment = Environment.open(folder);
  assert.equal(environment.table('rows').get(key('a'))?.toString(), 'kept');
  await environment.write(() => environment.table('meta').put(key('format'), key(2)));
  await environment.close();
  assert.ok(meta, 'the table is there from the first start on');

  const refused = (error: unknown): boolean =>
    error instanceof MillraceError && error.code === 'data_newer' && error.detail.includes('format 2');
  assert.throws(() => Environment.open(folder), refused);
  assert.throws(() => Environment.open(folder), refused);
  await rm(folder, { recursive: true });
});
