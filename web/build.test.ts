import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const dist = fileURLToPath(new URL('./dist', import.meta.url));
const skip = !existsSync(dist) && 'run node web/build.mjs first';

test('the page is less than 100 KB to load, and its worker names the files that it is made of', { skip }, async () => {
  const names = (await readdir(dist, { recursive: true, withFileTypes: true }))
    // Each lies there in brotli, too.
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.br'))
    .map((entry) => `${entry.parentPath ?? entry.path}/${entry.name}`.slice(dist.length));
  const sizes = await Promise.all(names.map(async (name) => gzipSync(await readFile(dist + name)).length));
  assert.ok(sizes.reduce((sum, size) => sum + size, 0) < 100 * 1024, `${names} are ${sizes} bytes`);
  const worker = await readFile(`${dist}/service-worker.js`, 'utf8');
  const html = await readFile(`${dist}/index.html`, 'utf8');
  const assets = names.filter((name) => name.startsWith('/assets/'));
  assert.equal(assets.length, 2);
  for (const asset of assets) assert.ok(worker.includes(asset) && html.includes(asset), asset);
});
