import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { it } from 'node:test';
import { lockDataFolder } from './lock.ts';

it('a data folder that another process has is in use, one whose lock can not be made is not writable', (t) => {
  const folder = mkdtempSync(`${tmpdir()}/millrace-lock-`);
  t.after(() => rmSync(folder, { recursive: true }));
  const lock = lockDataFolder(folder);
  assert.throws(() => lockDataFolder(folder), { code: 'data_folder_in_use' });
  lock.release();
  rmSync(`${folder}/lock.sqlite`);
  mkdirSync(`${folder}/lock.sqlite`);
  assert.throws(() => lockDataFolder(folder), { code: 'data_folder_not_writable', message: new RegExp(folder) });
});
