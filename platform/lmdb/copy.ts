import type { RootDatabase } from 'lmdb';
import { ValueCipher } from '../encryption/value-cipher.ts';
import { openRoot, openTable } from './open.ts';
import { sealing } from './sealing.ts';

interface Place {
  folder: string;
  encryptionKey: string | undefined;
}

/** Rows that share a commit. */
const together = 2000;

/** Copies a folder's environment, every table and row of it, from one key to another; undefined: without encryption. */
export async function copyEnvironment(from: Place, to: Place): Promise<void> {
  const [source, target] = [openRoot(from.folder), openRoot(to.folder)];
  const [opener, sealer] = [cipherOf(from), cipherOf(to)];
  try {
    for (const name of tableNames(source)) {
      const copy = openTable(target, name);
      const [opened, sealed] = [sealing(opener, name), sealing(sealer, name)];
      let count = 0;
      for (const row of openTable(source, name).getRange()) {
        const value = opened ? opened.open(row.key, row.value) : row.value;
        const done = copy.put(row.key, sealed ? sealed.seal(row.key, value) : value);
        // So that what waits to be written stays small, however much there is.
        if (++count % together === 0) await done;
      }
      await copy.flushed;
    }
  } finally {
    await source.close();
    await target.close();
  }
}

/** lmdb keeps them as strings of C, with a zero at the end. */
function tableNames(root: RootDatabase): string[] {
  return [...root.getKeys()].map((key) => (key as Buffer).toString().replace(/\0$/, ''));
}

function cipherOf({ encryptionKey }: Place): ValueCipher | undefined {
  return encryptionKey === undefined ? undefined : new ValueCipher(encryptionKey);
}
