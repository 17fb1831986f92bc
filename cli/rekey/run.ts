import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { keyBytes } from '../../config/encryption-key.ts';
import { parseSettings } from '../../config/parse.ts';
import { copyDataFolder } from '../../platform/embedded/copy-folder.ts';
import { MillraceError, messageOf } from '../../platform/errors/error.ts';
import { lockDataFolder } from '../../platform/lmdb/lock.ts';
import type { Terminal } from '../command.ts';

/** Copies the data folder under another key. Errors: `data_folder_in_use` while its process runs, `data_key_wrong`. */
export async function runRekey(
  folder: string,
  { keyFile, json }: { keyFile?: string; json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const settings = parseSettings(terminal.env);
  const [from, to] = [resolve(settings.data_dir), resolve(folder)];
  if (!existsSync(from)) throw new MillraceError('not_found', `there is no data folder ${from}`);
  const key = settings.encryption_key === undefined ? undefined : keyBytes(settings.encryption_key);
  const other = keyFile === undefined ? undefined : keyIn(keyFile);
  const lock = lockDataFolder(from);
  try {
    await copyDataFolder(from, to, { from: key, to: other });
  } finally {
    lock.release();
  }
  if (json) return terminal.out(JSON.stringify({ from, to, encrypted: other !== undefined }));
  const next = other === undefined ? 'without MILLRACE_ENCRYPTION_KEY' : `MILLRACE_ENCRYPTION_KEY_FILE=${keyFile}`;
  terminal.out(`${to} has all of ${from}. Start with MILLRACE_DATA_DIR=${to}, ${next};`);
  terminal.out('once that runs, delete the old folder: it is still readable with the old key.');
}

function keyIn(file: string): Buffer {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new MillraceError('config_invalid', `--key-file ${file}: can not be read (${messageOf(error)})`);
  }
  const key = keyBytes(text);
  if (!key)
    throw new MillraceError('config_invalid', `--key-file ${file}: must hold 32 bytes, as base64 or hexadecimal`);
  return key;
}
