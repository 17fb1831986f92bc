// Bundles what a command may load into dist/, a folder for each build, and notes in dist/build.json what it was made of.
// `npm ci` runs this (prepare), and cli/bin.mjs where the sources have changed since: it takes a quarter of a second.
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, stop } from 'esbuild';
import { dist, processors, root, stamp } from './built.mjs';

/** Builds that are kept: a process of one of them may still load a part of itself. */
const kept = 8;

/** Pure ESM in hundreds of small files, which are most of a start. All other packages are imported as they are. */
const bundled = ['@sinclair/typebox', 'kysely', 'jose'];
const isBundled = (name) => bundled.some((one) => name === one || name.startsWith(`${one}/`));

/** What is imported by a path that is only known at run time, and what processors of one's own import. */
async function entries() {
  const { exports } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  const files = await readdir(new URL('platform/', root), { recursive: true });
  return [
    'cli/main.ts',
    ...processors(),
    ...files.map((file) => `platform/${file.replaceAll('\\', '/')}`).filter((file) => file.endsWith('.worker.ts')),
    ...Object.values(exports)
      .map((file) => file.slice('./'.length))
      .filter((file) => file.endsWith('.ts')),
  ];
}

/**
 * A module finds files beside it by `import.meta.url`, so in the build that is its source's; lines stay where they are.
 * Notes in `inputs` what was read.
 */
const sources = (inputs) => ({
  name: 'sources',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const source = pathToFileURL(path).href.slice(root.href.length);
      inputs[source] = stamp(source);
      const url = `new URL(${JSON.stringify(`../../${source}`)}, import.meta.url).href`;
      return { contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', url), loader: 'ts' };
    });
  },
});

const packages = {
  name: 'packages',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || isBundled(path) ? undefined : { path, external: true },
    );
  },
};

/** Builds, and makes the build the one that is found. Errors: that of `mkdir`; esbuild's, which it has told on stderr. */
export async function makeBuild() {
  const name = randomUUID();
  mkdirSync(new URL(`${name}/`, dist), { recursive: true });
  const paths = await entries();
  const outputs = Object.fromEntries(paths.map((path) => [path.replace(/\.ts$/, '').replaceAll('/', '.'), path]));
  const files = Object.fromEntries(Object.entries(outputs).map(([output, path]) => [path, `${output}.mjs`]));
  // A package is as it was installed, and what makes the build is part of it.
  const others = ['node_modules/.package-lock.json', 'package.json', 'tsconfig.json', 'cli/build.mjs'];
  const inputs = Object.fromEntries(others.map((path) => [path, stamp(path)]));
  await build({
    absWorkingDir: fileURLToPath(root),
    entryPoints: outputs,
    outdir: fileURLToPath(new URL(`${name}/`, dist)),
    outExtension: { '.js': '.mjs' },
    define: { BUILT: JSON.stringify({ name, files }) },
    plugins: [sources(inputs), packages],
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.11',
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'warning',
  });
  // esbuild's own process would stay for as long as this one.
  await stop();
  const note = new URL(`${name}.json`, dist);
  writeFileSync(note, JSON.stringify({ name, files, inputs }));
  renameSync(note, new URL('build.json', dist));
  await removeOld();
}

async function removeOld() {
  const names = (await readdir(dist)).filter((name) => !name.endsWith('.json'));
  const ages = await Promise.all(
    names.map(async (name) => ({ name, made: (await stat(new URL(name, dist))).mtimeMs })),
  );
  for (const { name } of ages.sort((a, b) => b.made - a.made).slice(kept))
    rmSync(new URL(name, dist), { recursive: true, force: true });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await makeBuild();
