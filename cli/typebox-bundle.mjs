// TypeBox is 200 small files, which are most of a command's start. `npm run prepare` bundles it once, and bin.mjs imports
// the bundle instead where it is there. This file is run for the first and imported for the second.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const modules = new URL('../node_modules/', import.meta.url);
const entries = { typebox: '@sinclair/typebox', value: '@sinclair/typebox/value' };

/** Of the version that is installed: a bundle of another one is never used. */
function folder() {
  const { version } = JSON.parse(readFileSync(new URL('@sinclair/typebox/package.json', modules), 'utf8'));
  return new URL(`.cache/millrace/typebox-${version}/`, modules);
}

/** URLs of bundles by the name that they are imported by; undefined where there are none. */
export function typeboxBundles() {
  const at = folder();
  if (!existsSync(at)) return undefined;
  return Object.fromEntries(Object.entries(entries).map(([out, name]) => [name, new URL(`${out}.mjs`, at).href]));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { build } = await import('esbuild');
  await build({
    entryPoints: entries,
    outdir: fileURLToPath(folder()),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  });
}
