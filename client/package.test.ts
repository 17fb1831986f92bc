import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as source from './index.ts';

const run = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));

/** The package as somebody else installs it: built, and without anything of this repository but itself. */
describe('the package', () => {
  let place: string;

  before(async () => {
    place = await mkdtemp(join(tmpdir(), 'millrace-package-'));
    const installed = join(place, 'node_modules/@millrace/client');
    await run(process.execPath, [join(here, 'build.mjs'), join(installed, 'dist')]);
    await symlink(join(here, 'package.json'), join(installed, 'package.json'));
    await writeFile(join(place, 'package.json'), '{"type":"module"}');
  });
  after(() => rm(place, { recursive: true, force: true }));

  it('exports what the sources do, to plain Node', async () => {
    const program = `console.log(JSON.stringify(Object.keys(await import('@millrace/client')).sort()))`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: place });
    assert.deepEqual(JSON.parse(stdout), Object.keys(source).sort());
  });

  it('has its types, which need nothing else', async () => {
    await writeFile(
      join(place, 'app.ts'),
      `import { createClient, type Draft } from '@millrace/client';
const client = createClient({ url: 'http://a.example', token: 't' });
const draft: Draft = client.outbox.add({ channel_id: 'general', text: 'Hello' });
// @ts-expect-error a number is no text
client.outbox.add({ channel_id: 'general', text: draft.text.length });
`,
    );
    const lib = ['es2023', 'dom', 'dom.iterable'];
    // Without skipLibCheck: an error within the declarations is one here.
    const compilerOptions = { noEmit: true, strict: true, module: 'nodenext', target: 'es2022', types: [], lib };
    await writeFile(join(place, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }));
    const checked = await run(process.execPath, [compiler], { cwd: place }).catch((error: { stdout: string }) => error);
    assert.equal(checked.stdout, '');
  });

  it('holds no test and no source', async () => {
    const files = await readdir(join(place, 'node_modules/@millrace/client/dist'));
    assert.deepEqual(
      files.filter((name) => !/\.d\.ts$|^index\.js$/.test(name) || name.includes('test') || name.includes('scripted')),
      [],
    );
  });
});
