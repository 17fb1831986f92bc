// Whether dist/ holds a build of the sources as they are now. Run at every start: it asks for nothing but the files' times.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';

export const root = new URL('../', import.meta.url);
export const dist = new URL('dist/', root);

/** The entries of processors/, found by being there. */
export function processors() {
  return readdirSync(new URL('processors/', root))
    .map((name) => `processors/${name}/index.ts`)
    .filter((path) => existsSync(new URL(path, root)))
    .sort();
}

/** What changes when a file does: when it was written, in milliseconds since 1970, and its size in bytes; zeros where it is not. */
export function stamp(path) {
  const { mtimeMs, size } = statSync(new URL(path, root), { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: 0 };
  return [mtimeMs, size];
}

/** The URL of the built cli/main.ts; undefined where there is no build, or sources have changed since. */
export function builtMain() {
  const note = new URL('build.json', dist);
  if (!existsSync(note)) return undefined;
  const { name, files, inputs } = JSON.parse(readFileSync(note, 'utf8'));
  const known = Object.keys(files).filter((path) => path.startsWith('processors/'));
  if (known.join() !== processors().join()) return undefined;
  if (!Object.entries(inputs).every(([path, then]) => isAsThen(path, then))) return undefined;
  // Whoever tidied up may have taken the build and left the note.
  const main = new URL(`${name}/${files['cli/main.ts']}`, dist);
  return existsSync(main) ? main : undefined;
}

function isAsThen(path, [written, size]) {
  const now = stamp(path);
  // The layers of an image keep whole seconds.
  return now[1] === size && (now[0] === written || now[0] === Math.floor(written / 1000) * 1000);
}
