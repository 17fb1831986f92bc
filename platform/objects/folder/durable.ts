import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What a folder says of itself is on the disk: which files are in it, and under which names. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a folder and those above it, down from `root`, each durable in its own. */
export async function makeFolders(root: string, folder: string): Promise<void> {
  if (folder === root) return;
  const made = await mkdir(folder, { recursive: true, mode: 0o700 });
  // The first one that was missing: it and those below it are new names in the folders above them.
  if (made === undefined) return;
  for (let at = folder; at.length >= made.length; at = dirname(at)) await syncFolder(dirname(at));
}

/** Writes a file beside its place and moves it there, so that after a crash all of it is there or nothing. */
export async function writeWhole(file: string, unfinished: string, bytes: Buffer): Promise<void> {
  try {
    const handle = await open(unfinished, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  await syncFolder(dirname(file));
}
