import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const parts = ['cli', 'config', 'edge', 'platform', 'processors', 'push', 'runtime', 'schemas', 'server', 'topologies'];

describe('the build that commands run from', () => {
  const folder = mkdtempSync(`${tmpdir()}/millrace-build-`);
  before(() => {
    for (const part of [...parts, 'package.json', 'tsconfig.json'])
      cpSync(`${root}${part}`, `${folder}/${part}`, { recursive: true });
    symlinkSync(`${root}node_modules`, `${folder}/node_modules`);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const millraceWith = (env: { [name: string]: string }, ...args: string[]): string => {
    const options = { cwd: folder, encoding: 'utf8', timeout: 60_000, env: { ...process.env, ...env } } as const;
    return execFileSync(process.execPath, ['cli/bin.mjs', ...args], options);
  };
  const millrace = (...args: string[]): string => millraceWith({}, ...args);
  const builds = (): string[] => readdirSync(`${folder}/dist`).filter((name) => !name.includes('.'));
  const edit = (path: string, from: string, to: string): void => {
    const text = readFileSync(`${folder}/${path}`, 'utf8');
    assert.ok(text.includes(from), `${path} has no ${from}`);
    writeFileSync(`${folder}/${path}`, text.replace(from, to));
  };

  it('is made by the first command where there is none, and used by the next', () => {
    assert.equal(existsSync(`${folder}/dist`), false);
    millrace('lint');
    const made = builds();
    assert.equal(made.length, 1);
    millrace('lint');
    assert.deepEqual(builds(), made);
  });

  it('is made anew where a source changed', () => {
    edit('cli/program.ts', 'Team messaging as', 'Changed messaging as');
    assert.match(millrace('--help'), /Changed messaging/);
    assert.equal(builds().length, 2);
  });

  it('is made anew where it is gone', () => {
    for (const name of builds()) rmSync(`${folder}/dist/${name}`, { recursive: true });
    assert.match(millrace('--help'), /Changed messaging/);
    assert.equal(builds().length, 1);
  });

  it('holds a processor that was added, and not one that was removed', () => {
    cpSync(`${folder}/processors/fan-out`, `${folder}/processors/added`, { recursive: true });
    millrace('lint');
    assert.ok(processorsOf(folder).includes('processors/added/index.ts'));
    rmSync(`${folder}/processors/added`, { recursive: true });
    millrace('lint');
    assert.ok(!processorsOf(folder).includes('processors/added/index.ts'));
  });

  it('runs processors of one’s own as modules, whatever the package.json above them says', () => {
    const own = mkdtempSync(`${tmpdir()}/millrace-own-`);
    mkdirSync(`${own}/processors/plain`, { recursive: true });
    mkdirSync(`${own}/node_modules`);
    symlinkSync(folder, `${own}/node_modules/millrace`);
    writeFileSync(
      `${own}/processors/plain/index.ts`,
      `import { defineProcessor } from 'millrace/processor';
       import { nothing } from './nothing.ts';
       export default defineProcessor({ doc: '', inputs: [], outputs: {}, options: {} as never, create: () => nothing });`,
    );
    writeFileSync(`${own}/processors/plain/nothing.ts`, 'export const nothing = (): [] => [];');
    for (const text of ['{}', '{"type":"commonjs"}', '{"type":"module"}']) {
      writeFileSync(`${own}/package.json`, text);
      assert.match(millraceWith({ MILLRACE_PROCESSORS: `${own}/processors` }, 'lint'), /no problems/);
    }
    rmSync(own, { recursive: true });
  });

  it('is done without where it can’t be written', () => {
    rmSync(`${folder}/dist`, { recursive: true });
    writeFileSync(`${folder}/dist`, 'not a folder');
    assert.match(millrace('--help'), /Changed messaging/);
    rmSync(`${folder}/dist`);
  });

  it('keeps the last builds only', () => {
    for (let i = 0; i < 10; i++) {
      writeFileSync(`${folder}/cli/program.ts`, `${readFileSync(`${folder}/cli/program.ts`, 'utf8')}\n`);
      millrace('--help');
    }
    assert.equal(builds().length, 8);
  });
});

function processorsOf(folder: string): string[] {
  const { files } = JSON.parse(readFileSync(`${folder}/dist/build.json`, 'utf8')) as { files: object };
  return Object.keys(files).filter((path) => path.startsWith('processors/'));
}
