import { open, readdir, readFile, rename } from 'node:fs/promises';
import { MillraceError, messageOf } from '../../errors/error.ts';

/** Which generations there are. */
export interface Manifest {
  serving: string | null;
  previous: string | null;
  building: string | null;
  /** A file that is being made: whatever stands there after a crash is no generation. */
  creating: string | null;
  /** The number of the next generation. Numbers are never used again. */
  next: number;
}

const version = 1;
const fileName = 'search.json';

/**
 * The manifest of the folder; one of an empty index where there is nothing yet. Error: `unavailable` for one that can't
 * be read, is newer, or is missing beside generations: guessing which of them serves could bring back deleted messages.
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const file = `${folder}/${fileName}`;
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw broken(file, `can't be read (${messageOf(error)})`, error);
    if ((await generationNumbers(folder)).length > 0) throw broken(file, 'is missing beside index files');
    return { serving: null, previous: null, building: null, creating: null, next: 1 };
  }
  return parse(file, text);
}

function parse(file: string, text: string): Manifest {
  let read: Partial<Manifest> & { version?: unknown };
  try {
    read = JSON.parse(text);
  } catch (error) {
    throw broken(file, 'is damaged', error);
  }
  const names = [read?.serving, read?.previous, read?.building, read?.creating];
  if (typeof read?.version === 'number' && read.version > version)
    throw broken(file, 'was written by a newer version of Millrace');
  if (read?.version !== version || !Number.isSafeInteger(read.next) || !names.every(isName))
    throw broken(file, 'is damaged');
  const { serving, previous, building, creating, next } = read as Manifest;
  return { serving, previous, building, creating, next };
}

function isName(name: unknown): boolean {
  return name === null || (typeof name === 'string' && /^\d+$/.test(name));
}

/** Replaces the manifest as a whole: after a crash there is the old one or the new one. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const file = `${folder}/${fileName}`;
  const next = await open(`${file}.new`, 'w', 0o600);
  try {
    await next.writeFile(`${JSON.stringify({ version, ...manifest }, null, 2)}\n`);
    await next.sync();
  } finally {
    await next.close();
  }
  await rename(`${file}.new`, file);
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** The numbers of all generations that have a file. */
export async function generationNumbers(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.flatMap((name) => /^search-(\d+)\.sqlite$/.exec(name)?.[1] ?? []);
}

function broken(file: string, reason: string, cause?: unknown): MillraceError {
  return new MillraceError(
    'unavailable',
    `the search index's ${file} ${reason}: move its folder away and start again, then fill a new index by \`millrace replay\``,
    { cause },
  );
}
