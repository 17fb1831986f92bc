import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { eventually } from './support/eventually.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(`${root}docs/tutorial.md`, 'utf8');

interface Block {
  language: string;
  info: string;
  text: string;
  /** What is printed after it; the lines of the next `text` block. */
  expected: string[];
}

/** The fenced blocks of the page, in order. */
function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  for (const [, language, info, text] of markdown.matchAll(/^```(\w+)([^\n]*)\n(.*?)^```$/gms)) {
    if (language === 'text') blocks.at(-1)!.expected = text!.split('\n').filter((line) => line.trim() && line !== '…');
    else blocks.push({ language: language!, info: info!.trim(), text: text!, expected: [] });
  }
  return blocks;
}

/** One shell for the whole page, so that what one block exports the next one has. */
class Shell {
  private readonly child: ChildProcess;
  private output = '';
  private number = 0;

  constructor(cwd: string, env: NodeJS.ProcessEnv) {
    this.child = spawn('bash', [], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    // What npx does, without npm's own second for each call.
    this.child.stdin!.write('npx() { shift; node cli/bin.mjs "$@"; }\n');
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
      });
  }

  async run(text: string): Promise<{ code: number; output: string }> {
    const mark = `--block-${++this.number}-ended-with-`;
    this.output = '';
    // A block ends at its first command that fails, as a reader would stop there.
    this.child.stdin!.write(`set -e; trap 'echo "${mark}$?"' ERR\n`);
    this.child.stdin!.write(`set +e; { ${text.trimEnd()}\n}; echo "${mark}$?"\n`);
    const code = await eventually(() => {
      const found = new RegExp(`${mark}(\\d+)`).exec(this.output)?.[1];
      assert.equal(found !== undefined, true, `still running: ${text}\n${this.output.slice(-2000)}`);
      return Number(found);
    }, 60_000);
    return { code, output: this.output };
  }

  end(): void {
    this.child.stdin!.end();
    this.child.kill();
  }
}

describe('the tutorial', () => {
  let folder: string;
  let shell: Shell;
  let server: ChildProcess | undefined;
  let port: string;
  before(async () => {
    // A copy of what a reader has before them, so that nothing of theirs lands in the repository.
    folder = mkdtempSync(`${tmpdir()}/millrace-tutorial-`);
    const apart = new Set(['node_modules', '.git', '.millrace', '.farm', 'my']);
    for (const name of readdirSync(root))
      if (!apart.has(name)) cpSync(`${root}${name}`, `${folder}/${name}`, { recursive: true });
    symlinkSync(`${root}node_modules`, `${folder}/node_modules`);
    port = String(20_000 + (process.pid % 20_000));
    const given = Object.entries(process.env).filter(
      ([name]) => !name.startsWith('MILLRACE_') && name !== 'NODE_OPTIONS',
    );
    shell = new Shell(folder, { ...Object.fromEntries(given), PORT: port, NO_COLOR: '1' });
  });
  after(async () => {
    shell.end();
    if (server?.exitCode === null) {
      server.kill('SIGTERM');
      await new Promise((resolve) => server!.once('exit', resolve));
    }
    rmSync(folder, { recursive: true, force: true });
  });

  async function startServer(text: string): Promise<void> {
    const [, name, value] = /^(\w+)=(\S+) npm start$/.exec(text.trim()) ?? [];
    assert.ok(name && value, `not how a server is started: ${text}`);
    // Without npm between: a signal to it would leave the server running.
    server = spawn(process.execPath, ['cli/bin.mjs', 'dev'], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: '', PORT: port, [name]: value },
      stdio: 'ignore',
    });
    await eventually(async () => assert.equal((await fetch(`http://localhost:${port}/readyz`)).status, 200), 90_000);
  }

  it('holds what it says, block by block', async () => {
    const blocks = blocksOf(page);
    assert.ok(blocks.length > 15, `${blocks.length} blocks`);
    for (const { language, info, text, expected } of blocks) {
      const file = /^file=(\S+)$/.exec(info)?.[1];
      if (file) {
        mkdirSync(dirname(`${folder}/${file}`), { recursive: true });
        writeFileSync(`${folder}/${file}`, text);
        continue;
      }
      assert.equal(language, 'sh', `a block that is neither a file nor a command: ${text}`);
      if (info === 'background') {
        await startServer(text);
        continue;
      }
      const wanted = Number(/^exit=(\d+)$/.exec(info)?.[1] ?? 0);
      const { code, output } = await shell.run(text.replaceAll('localhost:8080', `localhost:${port}`));
      assert.equal(code, wanted, `exit code of\n${text}\n${output}`);
      for (const line of expected)
        assert.equal(output.includes(line), true, `"${line}" is not in what\n${text}\nprinted:\n${output}`);
    }
  });
});
