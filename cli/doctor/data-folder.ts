import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import { type Finding, fail, ok, warn } from '../../platform/doctor.ts';
import { freeBytes, leastFree_bytes } from '../../platform/lmdb/space.ts';

const comfortable_bytes = 1024 ** 3;

export async function dataFolderChecks({ data_dir }: Settings): Promise<Finding[]> {
  const folder = resolve(data_dir);
  let there = folder;
  while (!existsSync(there)) there = dirname(there);
  const name = 'data folder';
  try {
    accessSync(there, constants.W_OK | constants.X_OK);
  } catch {
    // Why not is the same for every way in which it can't be written.
    return [fail(name, `${there} can not be written by this user`, 'Set MILLRACE_DATA_DIR to one that can.')];
  }
  const free = freeBytes(there);
  const said = `${folder}${there === folder ? '' : ' (not there yet)'}, ${(free / comfortable_bytes).toFixed(1)} GiB free`;
  const mend = 'Free some space, or set MILLRACE_DATA_DIR to a larger disk.';
  if (free < leastFree_bytes) return [fail(name, `${said}: no write would be begun`, mend)];
  return [free < comfortable_bytes ? warn(name, said, mend) : ok(name, said)];
}
