import { copyFileSync, existsSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { storeKey } from '../encryption/store-key.ts';
import { directoryStore, lmdbStore, searchStore } from '../encryption/stores.ts';
import { MillraceError } from '../errors/error.ts';
import { copyEnvironment } from '../lmdb/copy.ts';
import { openObjectFolder } from '../objects/folder/objects.ts';
import { copySqlite } from '../worker/sqlite-copy.ts';

type Key = Buffer | undefined;

/** Of the process that ran last, and nobody else's; marks are made anew under the other key. */
const notCopied = /^(lock\.sqlite.*|.*\.sock|.*-wal|.*-shm|.*\.encrypted|encrypted|lock\.mdb)$/;

/**
 * Copies the data folder of a process that does not run, from one encryption key to another; undefined: without encryption.
 * The folder itself stays as it is. Errors: `data_key_wrong`, `conflict` where there is something at the new place.
 */
export async function copyDataFolder(from: string, to: string, keys: { from: Key; to: Key }): Promise<void> {
  if (existsSync(to) && readdirSync(to).length > 0)
    throw new MillraceError('conflict', `${to} is not empty: name a folder that is not there yet`);
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(from)) {
    const [source, target] = [`${from}/${name}`, `${to}/${name}`];
    if (notCopied.test(name)) continue;
    if (existsSync(`${source}/data.mdb`)) {
      const encryptionKey = storeKey(keys.from, lmdbStore(source));
      mkdirSync(target, { mode: 0o700 });
      await copyEnvironment(
        { folder: source, encryptionKey },
        { folder: target, encryptionKey: storeKey(keys.to, lmdbStore(target)) },
      );
    } else if (existsSync(`${source}/search.json`)) {
      copySearch(source, target, keys);
    } else if (existsSync(`${source}/.unfinished`)) {
      await copyObjects(source, target, keys);
    } else if (name.endsWith('.sqlite')) {
      const encryptionKey = storeKey(keys.from, directoryStore(source));
      copySqlite(
        { file: source, encryptionKey },
        { file: target, encryptionKey: storeKey(keys.to, directoryStore(target)) },
      );
    } else if (lstatSync(source).isFile()) {
      copyFileSync(source, target);
    }
  }
}

function copySearch(from: string, to: string, keys: { from: Key; to: Key }): void {
  const encryptionKey = storeKey(keys.from, searchStore(from));
  mkdirSync(to, { mode: 0o700 });
  const other = storeKey(keys.to, searchStore(to));
  for (const name of readdirSync(from).filter((file) => !notCopied.test(file))) {
    if (name.endsWith('.sqlite'))
      copySqlite({ file: `${from}/${name}`, encryptionKey }, { file: `${to}/${name}`, encryptionKey: other });
    else copyFileSync(`${from}/${name}`, `${to}/${name}`);
  }
}

/** Objects that lie in a folder; those in a bucket are not of this folder's key. */
async function copyObjects(from: string, to: string, keys: { from: Key; to: Key }): Promise<void> {
  const [source, target] = [await openObjectFolder(from, keys.from), await openObjectFolder(to, keys.to)];
  let after: string | undefined;
  for (let more = true; more; ) {
    const page = await source.list('', { after, limit: 1000 });
    for (const { name } of page.objects) await target.put(name, (await source.get(name))!);
    after = page.objects.at(-1)?.name;
    more = page.more;
  }
}
