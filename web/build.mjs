// Bundles the page into web/dist and the operators' page into web/ops/dist: index.html and assets/app.<hash>.{js,css},
// and beside the page the service worker that opens it without a network, which has to lie at the root, and what one needs
// to install it as an app: a manifest and icons.
// Prints a line for each; exits with 1 on error. The first is public, the second is served on the operators' port alone.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const pages = [
  {
    folder: '.',
    entry: 'src/main.ts',
    style: 'styles/main.css',
    dist: 'dist',
    most: 100 * 1024,
    worker: 'worker/service-worker.ts',
    brotli: true,
    files: ['manifest.webmanifest', ...(await readdir(join(here, 'icons'))).map((name) => `icons/${name}`)],
  },
  { folder: 'ops', entry: 'ops/src/main.ts', style: 'ops/styles/main.css', dist: 'ops/dist', most: 40 * 1024 },
];

async function bundle({ folder, entry, style, dist, most, worker, files = [], brotli = false }) {
  const { outputFiles, warnings } = await build({
    absWorkingDir: here,
    entryPoints: { app: entry, 'app.style': style },
    outdir: `${dist}/assets`,
    entryNames: '[name].[hash]',
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2022', 'chrome123', 'firefox120', 'safari17.5'],
    write: false,
    logLevel: 'silent',
  });
  // A slip in a stylesheet is only a warning to the bundler, and a broken page to the reader.
  if (warnings.length > 0) throw Object.assign(new Error('warnings'), { errors: warnings });
  const assets = outputFiles.map(({ path, contents }) => ({
    name: basename(path).replace('app.style.', 'app.'),
    contents,
  }));
  const named = (suffix) => assets.find(({ name }) => name.endsWith(suffix)).name;
  const template = await readFile(join(here, folder, 'index.html'), 'utf8');
  const html = template.replace('app.js', named('.js')).replace('app.css', named('.css'));
  const script = worker && (await workerOf(worker, assets, html));
  const copies = await Promise.all(
    files.map(async (name) => ({ name, contents: await readFile(join(here, folder, name)) })),
  );
  const parts = [...assets, ...copies].map(({ contents }) => contents);
  const sizes = [...parts, Buffer.from(html), script ?? ''].map((part) => gzipSync(part).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total > most) throw new Error(`the page is ${total} bytes compressed, more than ${most}`);
  const written = [
    ...assets.map(({ name, contents }) => ({ name: `assets/${name}`, contents })),
    ...copies,
    { name: 'index.html', contents: Buffer.from(html) },
    ...(script ? [{ name: 'service-worker.js', contents: script }] : []),
  ].flatMap((file) => [
    file,
    ...(brotli ? [{ name: `${file.name}.br`, contents: brotliCompressSync(file.contents) }] : []),
  ]);
  // Nothing is removed before the new files are ready, so that a failed build leaves the last good one.
  const place = join(here, dist);
  await rm(place, { recursive: true, force: true });
  for (const { name, contents } of written) {
    await mkdir(dirname(join(place, name)), { recursive: true });
    await writeFile(join(place, name), contents);
  }
  return total;
}

/** A worker is another one when any file of the page is: so the browser takes the new version. */
async function workerOf(entry, assets, html) {
  const version = createHash('sha256').update(html);
  for (const { contents } of assets) version.update(contents);
  const { outputFiles } = await build({
    absWorkingDir: here,
    entryPoints: [entry],
    define: {
      ASSETS: JSON.stringify(assets.map(({ name }) => `/assets/${name}`)),
      VERSION: JSON.stringify(version.digest('hex').slice(0, 12)),
    },
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0].contents;
}

for (const page of pages) {
  const started = performance.now();
  try {
    const total = await bundle(page);
    const took = Math.round(performance.now() - started);
    console.log(`web/${page.dist} built: ${(total / 1024).toFixed(1)} KB compressed, ${took} ms`);
  } catch (error) {
    const first = error?.errors?.[0];
    const at = first?.location ? `${first.location.file}:${first.location.line}:${first.location.column}: ` : '';
    console.error(`web/${page.dist} not built: ${at}${first?.text ?? error?.message ?? error}`);
    process.exitCode = 1;
  }
}
