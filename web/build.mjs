// Bundles the page into web/dist and the operators' page into web/ops/dist: index.html and assets/app.<hash>.{js,css}.
// Prints a line for each; exits with 1 on error. The first is public, the second is served on the operators' port alone.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const pages = [
  { folder: '.', entry: 'src/main.ts', style: 'styles/main.css', dist: 'dist', most: 60 * 1024 },
  { folder: 'ops', entry: 'ops/src/main.ts', style: 'ops/styles/main.css', dist: 'ops/dist', most: 40 * 1024 },
];

async function bundle({ folder, entry, style, dist, most }) {
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
  const sizes = [...assets.map(({ contents }) => contents), Buffer.from(html)].map((part) => gzipSync(part).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total > most) throw new Error(`the page is ${total} bytes compressed, more than ${most}`);
  // Nothing is removed before the new files are ready, so that a failed build leaves the last good one.
  const place = join(here, dist);
  await rm(place, { recursive: true, force: true });
  await mkdir(join(place, 'assets'), { recursive: true });
  await Promise.all(assets.map(({ name, contents }) => writeFile(join(place, 'assets', name), contents)));
  await writeFile(join(place, 'index.html'), html);
  return total;
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
