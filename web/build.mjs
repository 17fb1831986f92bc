// Bundles the page into web/dist: index.html and assets/app.<hash>.{js,css}. Prints one line; exits with 1 on error.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const MAX_COMPRESSED = 60 * 1024;
const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, 'dist');

async function bundle() {
  const { outputFiles, warnings } = await build({
    absWorkingDir: here,
    entryPoints: { app: 'src/main.ts', 'app.style': 'styles/main.css' },
    outdir: 'dist/assets',
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
  const template = await readFile(join(here, 'index.html'), 'utf8');
  const html = template.replace('app.js', named('.js')).replace('app.css', named('.css'));
  const sizes = [...assets.map(({ contents }) => contents), Buffer.from(html)].map((part) => gzipSync(part).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total > MAX_COMPRESSED) throw new Error(`the page is ${total} bytes compressed, more than ${MAX_COMPRESSED}`);
  // Nothing is removed before the new files are ready, so that a failed build leaves the last good one.
  await rm(dist, { recursive: true, force: true });
  await mkdir(join(dist, 'assets'), { recursive: true });
  await Promise.all(assets.map(({ name, contents }) => writeFile(join(dist, 'assets', name), contents)));
  await writeFile(join(dist, 'index.html'), html);
  return total;
}

const started = performance.now();
try {
  const total = await bundle();
  console.log(
    `web/dist built: ${(total / 1024).toFixed(1)} KB compressed, ${Math.round(performance.now() - started)} ms`,
  );
} catch (error) {
  const first = error?.errors?.[0];
  const at = first?.location ? `${first.location.file}:${first.location.line}:${first.location.column}: ` : '';
  console.error(`web/dist not built: ${at}${first?.text ?? error?.message ?? error}`);
  process.exitCode = 1;
}
