import { readdir, stat } from 'node:fs/promises';

/** A file under a folder, by its path from there. */
export interface FoundFile {
  name: string;
  bytes: number;
}

/**
 * Files whose paths begin with `prefix` and come after `after`, in the order of the whole path's bytes; folders that can hold none
 * of them are not read. Names that begin with a dot are no objects'. Held in memory: the names in one folder and those above it.
 */
export async function* walk(root: string, prefix: string, after: string, at = ''): AsyncGenerator<FoundFile> {
  const entries = await readdir(`${root}/${at}`, { withFileTypes: true });
  const paths = entries
    .filter(({ name }) => !name.startsWith('.'))
    // A folder stands where what is in it stands: a/b comes behind a.b, and before a0.
    .map((entry) => `${at}${entry.name}${entry.isDirectory() ? '/' : ''}`)
    .sort((a, b) => (a < b ? -1 : 1));
  for (const path of paths) {
    if (path.endsWith('/')) {
      const mayHold = path.startsWith(prefix) || prefix.startsWith(path);
      if (mayHold && (path > after || after.startsWith(path))) yield* walk(root, prefix, after, path);
    } else if (path.startsWith(prefix) && path > after) {
      const bytes = await sizeOf(`${root}/${path}`);
      if (bytes !== undefined) yield { name: path, bytes };
    }
  }
}

/** Undefined for a file that was removed since its folder was read. */
async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
