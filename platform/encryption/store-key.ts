import { hkdfSync } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { MillraceError } from '../errors/error.ts';

export interface EncryptedStore {
  /** What the key is drawn for: another one for each store. */
  name: string;
  /** Its data: what is there already keeps the key that it began with. */
  data: string;
  /** Where its mark lies: which key the data was begun with, without giving that away. */
  mark: string;
}

/**
 * The key of one store, drawn from that of the process: 32 characters, as libsql takes its own (24 random bytes). Undefined
 * without one. Checked against the store's mark before the store is opened, for a wrong key would look like a damaged file.
 * Error: `data_key_wrong`.
 */
export function storeKey(key: Buffer | undefined, { name, data, mark }: EncryptedStore): string | undefined {
  const begun = existsSync(mark) ? readFileSync(mark, 'utf8').trim() : undefined;
  if (key === undefined) {
    if (begun !== undefined)
      throw wrong(`${data} is encrypted: set MILLRACE_ENCRYPTION_KEY to the key that it was begun with`);
    return undefined;
  }
  const own = drawn(key, `mark of ${name}`).toString('hex');
  if (begun === undefined) {
    if (existsSync(data))
      throw wrong(
        `${data} was begun without encryption, and stays so: unset MILLRACE_ENCRYPTION_KEY, or start in an empty folder`,
      );
    keep(mark, own);
  } else if (begun !== own) {
    throw wrong(`${data} is encrypted with another key: set MILLRACE_ENCRYPTION_KEY to the one that it was begun with`);
  }
  return drawn(key, name).toString('base64');
}

function drawn(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `millrace ${purpose}`, 24));
}

/** On disk before there is any data, so that no crash leaves encrypted data without its mark. */
function keep(mark: string, text: string): void {
  mkdirSync(dirname(mark), { recursive: true, mode: 0o700 });
  const file = openSync(mark, 'w', 0o600);
  writeSync(file, `${text}\n`);
  fsyncSync(file);
  closeSync(file);
  const folder = openSync(dirname(mark), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

function wrong(detail: string): MillraceError {
  return new MillraceError('data_key_wrong', detail);
}
