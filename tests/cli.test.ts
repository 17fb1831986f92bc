import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { type Example, knownExamples } from '../cli/command.ts';
import { completedCommands } from '../cli/completions/model.ts';
import { shownCommands, wholeProgram } from '../cli/document.ts';
import { helpOf } from '../cli/program.ts';
import { scratchWithDeadLetters } from './support/dead-letters.ts';
import { Server } from './support/server.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

/** A line as a person types it, `millrace` being this checkout's. */
class Shell {
  private readonly bin = mkdtempSync(`${tmpdir()}/millrace-bin-`);
  readonly folder = mkdtempSync(`${tmpdir()}/millrace-shell-`);

  constructor() {
    symlinkSync(`${root}cli/bin.mjs`, `${this.bin}/millrace`);
    cpSync(`${root}topologies`, `${this.folder}/topologies`, { recursive: true });
  }

  run(line: string, env: { [name: string]: string } = {}, shell = 'bash'): Promise<Result> {
    const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MILLRACE_')));
    return new Promise((resolve) => {
      const options = {
        cwd: this.folder,
        timeout: 120_000,
        // A shell complains of a locale that the machine lacks.
        env: { ...inherited, LC_ALL: 'C', ...env, PATH: `${this.bin}:${process.env['PATH']}` },
      };
      execFile(shell, ['-c', line], options, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
      );
    });
  }

  remove(): void {
    for (const folder of [this.bin, this.folder]) rmSync(folder, { recursive: true, force: true });
  }
}

function everyCommand(command: Command): Command[] {
  const subs = shownCommands(command);
  return subs.length === 0 ? [command] : subs.flatMap(everyCommand);
}

const program = await wholeProgram();
const shell = new Shell();
after(() => shell.remove());

describe('every command', () => {
  for (const command of everyCommand(program)) {
    const name = command.name();
    it(`${name}: --help has examples and exit codes, and there is --json`, () => {
      const help = helpOf(command);
      assert.match(help, /\nExamples:\n {2}\$ /);
      assert.match(help, /\nExit codes:\n {4}0 {2}done/);
      assert.ok(command.options.some((option) => option.long === '--json') || name === 'completions', help);
      for (const line of help.split('\n')) assert.ok(line.length <= 130, line);
    });
  }
});

describe('every example does what it says', () => {
  let server: Server;
  before(async () => {
    server = await Server.start({}, scratchWithDeadLetters);
  });
  after(() => server.stop());

  const run = ([command, , needs]: Example): Promise<Result> => {
    if (needs === 'nothing') return shell.run(command);
    if (needs === 'process') return shell.run(command, { MILLRACE_DATA_DIR: server.folder, EDITOR: 'true' });
    return shell.run(`${command} --help`);
  };
  for (const example of knownExamples()) {
    it(`${example[0]} (${example[2] ?? 'parsed'})`, async () => {
      const { code, stdout, stderr } = await run(example);
      assert.equal(code, 0, stderr);
      assert.notEqual(stdout + stderr, '');
      assert.ok(!stdout.includes('\u001b'), 'colours without a terminal');
    });
  }
});

describe('errors', () => {
  it('say what is wrong and what to do, on stderr, with their exit code', async () => {
    const nothing = await shell.run('millrace status');
    assert.equal(nothing.code, 13);
    assert.equal(nothing.stdout, '');
    assert.match(nothing.stderr, /^millrace: no Millrace process runs on .*\n {2}Start it with/);
    const typo = await shell.run('millrace lnt');
    assert.equal(typo.code, 2);
    assert.match(typo.stderr, /Did you mean lint\?/);
    const away = { MILLRACE_DIRECTORY: 'postgres', MILLRACE_POSTGRES_URL: 'postgres://u@127.0.0.1:1/x', PORT: '0' };
    const apart = await shell.run('millrace dev', away);
    assert.match(apart.stderr, /does not answer.*\n {2}Try again; `npx millrace doctor` says which part/);
    const before = await shell.run('millrace replay index --from -1');
    const { stderr } = await shell.run('millrace import topologies/index.yaml --workspace w --url here --token t');
    assert.match(stderr, /^millrace: --url: must be an address .*, not "here"/);
    assert.match(before.stderr, /--from: must be store, start, .*; not "-1"\n {2}`npx millrace replay --help`/);
  });

  it('are JSON where results are', async () => {
    const { code, stdout, stderr } = await shell.run('millrace status --json');
    assert.equal(code, 13);
    assert.equal(stdout, '');
    assert.equal((JSON.parse(stderr) as { error: string }).error, 'not_running');
    for (const line of ['status --json --bogus', 'token --json', 'lnt --json', 'graph --json --format png']) {
      const wrong = await shell.run(`millrace ${line}`);
      assert.deepEqual([wrong.code, wrong.stdout], [2, ''], line);
      const said = JSON.parse(wrong.stderr) as { error: string; hint: string };
      assert.equal(said.error, 'invalid_request');
      assert.match(said.hint, /^`npx millrace( status| token| graph)? --help`/);
    }
  });

  it('of an option say what it may be', async () => {
    for (const [line, message] of [
      ['dlq list --code intrenal', /^millrace: --code: must be a code of an error, such as internal, not "intrenal"/],
      ['capacity --partitions 0.5', /^millrace: --partitions: "0.5" must be a whole number above 0 and at most 1024/],
    ] as const) {
      const { code, stderr } = await shell.run(`millrace ${line}`);
      assert.equal(code, 2, line);
      assert.match(stderr, message);
    }
  });

  it('of a path say which, without a stack', async () => {
    for (const [line, message] of [
      ['graph --out no/such/file.svg', /^millrace: .*no\/such\/file\.svg/],
      ['dlq edit 0 --value no-such-file', /^millrace: .*no-such-file/],
    ] as const) {
      const { code, stderr } = await shell.run(`millrace ${line}`);
      assert.equal(code, 2, line);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /^ +at /m);
    }
  });

  it('a reader that stops reading is none', async () => {
    const { code, stderr } = await shell.run('set -o pipefail; millrace graph --format svg | head -c 1');
    assert.equal(code, 0, stderr);
    assert.equal(stderr, '');
  });
});

describe('completions', () => {
  const complete = async (line: string): Promise<string[]> => {
    const words = line.split(' ');
    const script = `source <(millrace completions bash); COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _millrace; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { code, stdout, stderr } = await shell.run(script);
    assert.equal(code, 0, stderr);
    assert.equal(stderr, '');
    return stdout.trimEnd().split('\n');
  };

  it('bash: commands, options, choices, names', async () => {
    assert.deepEqual(await complete('millrace li'), ['lint']);
    assert.ok((await complete('millrace ')).includes('status'));
    assert.deepEqual(await complete('millrace graph --fo'), ['--folder', '--format']);
    assert.deepEqual(await complete('millrace token --role o'), ['owner']);
    assert.deepEqual(await complete('millrace graph --format svg me'), ['memberships', 'messages']);
    assert.deepEqual(await complete('millrace lint topo'), ['topologies']);
  });

  it('zsh: the script is read without a complaint, where there is a zsh', async () => {
    if ((await shell.run('command -v zsh')).code !== 0) return;
    const line = 'autoload -U compinit && compinit -u -D; source <(millrace completions zsh)';
    const { code, stderr } = await shell.run(line, {}, 'zsh');
    assert.equal(code, 0, stderr);
    assert.equal(stderr, '');
  });

  it('fish: commands, options, choices, names, where there is a fish', async () => {
    if ((await shell.run('command -v fish')).code !== 0) return;
    const offered = async (line: string): Promise<string[]> => {
      const script = `millrace completions fish | source; complete -C '${line}'`;
      const { code, stdout, stderr } = await shell.run(script, {}, 'fish');
      assert.equal(code, 0, stderr);
      assert.equal(stderr, '');
      return stdout
        .trimEnd()
        .split('\n')
        .map((found) => found.split('\t')[0]!);
    };
    assert.deepEqual(await offered('millrace li'), ['lint']);
    assert.deepEqual(await offered('millrace token --role '), ['admin', 'guest', 'member', 'owner']);
    assert.deepEqual(await offered('millrace graph mem'), ['memberships']);
    assert.ok((await offered('millrace dlq list --')).includes('--topology'));
  });

  it('know every command and option', () => {
    const model = completedCommands(program);
    for (const command of everyCommand(program)) {
      const known = model.find(({ path }) => path.split(' ').at(-1) === command.name())!;
      for (const { long } of command.options) assert.ok(known.options.some(({ flag }) => flag === long));
    }
  });
});
