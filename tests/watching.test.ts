import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Status } from '../cli/status/fetch.ts';
import { eventually } from './support/eventually.ts';
import { type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';

/** Generous: a busy machine takes seconds to start Node. */
const start_ms = 20_000;
const noTerminal = spawnSync('script', ['--version']).status === 0 ? false : 'no `script` to make a terminal with';

describe('what a process does can be watched', () => {
  let server: Server;
  let alice: Person;
  let channel: string;
  before(async () => {
    server = await Server.start();
    alice = await workspace(server, 'watched').person('alice');
    channel = await alice.makes('public', 'general');
  });
  after(() => server.stop());

  // A shell complains of a locale that the machine lacks.
  const env = () => ({ ...process.env, LC_ALL: 'C', MILLRACE_DATA_DIR: server.folder });
  const millrace = (...args: string[]) =>
    new Promise<string>((resolve, reject) => {
      execFile(process.execPath, ['cli/bin.mjs', ...args], { env: env() }, (error, stdout) =>
        error ? reject(error) : resolve(stdout),
      );
    });

  it('tap shows the records that leave a node, by output and expression', async () => {
    const args = ['cli/bin.mjs', 'tap', 'messages/stored', '--json', '--limit', '2', '--output', 'events'];
    const where = `value.body.MessageChanged.message.text.startsWith("yes")`;
    const child = spawn(process.execPath, [...args, '--where', where], { env: env() });
    const ended = once(child, 'exit');
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => (out += String(chunk)));
    child.stderr.on('data', (chunk) => (err += String(chunk)));
    await eventually(() => assert.match(err, /Listening to messages\/stored/), start_ms);
    for (const text of ['yes, one', 'no', 'yes, two', 'yes, three']) await alice.say(channel, text);
    const [code] = await ended;
    assert.equal(code, 0, err);
    const lines = out.trim().split('\n');
    const records = lines.map(
      (line) => JSON.parse(line) as { schema: string; output: string; key: string; value: unknown },
    );
    assert.equal(records.length, 2);
    for (const { schema, output, key } of records) {
      assert.deepEqual(
        { schema, output, key },
        { schema: 'MessageEvent', output: 'events', key: `watched\0#${channel}` },
      );
    }
    assert.match(lines[0]!, /"yes, one"/);
    // An id beyond 2^53 is whole.
    assert.match(lines[1]!, /"message_id":"\d{17,}"/);
  });

  it('tap refuses an output that a node has not', async () => {
    for (const [node, message] of [
      ['messages/stored', /output: stored has the outputs .*events.*, and no "event"/],
      ['messages/rows', /output: rows has no outputs with names, and no "event"/],
    ] as const)
      await assert.rejects(millrace('tap', node, '--output', 'event'), { code: 2, message });
  });

  it('status and graph tell how much flows', async () => {
    for (let i = 0; i < 20; i++) await alice.say(channel, `message ${i}`);
    const status = JSON.parse(await millrace('status', '--json')) as Status;
    const { nodes, sources, state_rows } = status.topologies.find(({ topology }) => topology === 'messages')!;
    assert.deepEqual(Object.keys(nodes), ['commands', 'sequence', 'stored', 'rows', 'events', 'answers']);
    assert.ok(nodes['sequence']!.records >= 24);
    assert.ok(nodes['sequence']!.rate > 0);
    assert.ok(nodes['commands']!.p99_ms! > 0);
    assert.deepEqual(Object.keys(state_rows), ['sequence']);
    assert.ok(state_rows['sequence']! > 20);
    assert.ok(sources.every(({ lag, lag_s }) => lag === 0 && lag_s === 0));
    const text = await millrace('status');
    for (const line of text.split('\n')) assert.ok(line.length <= 100, line);
    assert.match(await millrace('graph', 'messages', '--rates'), /-->\|"events · [\d.]+\/s"\|/);
  });

  it('lag is told in records and seconds while a topology is held', async () => {
    await millrace('pause', 'index');
    await alice.say(channel, 'not indexed yet');
    await sleep(300);
    const status = JSON.parse(await millrace('status', '--json')) as Status;
    const { sources, paused } = status.topologies.find(({ topology }) => topology === 'index')!;
    assert.deepEqual(paused, ['index']);
    const behind = sources.filter(({ lag }) => lag > 0);
    assert.deepEqual(
      behind.map(({ lag }) => lag),
      [1],
    );
    assert.ok(behind[0]!.lag_s > 0.2 && behind[0]!.lag_s < 30);
    const top = await millrace('top', '--once', '--sort', 'lag');
    assert.match(top, /1 of 6 topologies held/);
    assert.match(top, /node \(by lag\).*\nindex\/events /);
    await millrace('resume', 'index');
  });

  it('what is held by another name stays held, and resume tells so', async () => {
    await millrace('pause', 'index/search');
    const told = async (what: string): Promise<unknown> =>
      (JSON.parse(await millrace('resume', what, '--json')) as { still_held: unknown }).still_held;
    assert.deepEqual(await told('index'), ['index/search']);
    assert.deepEqual(await told('index/search'), []);
  });

  it('top draws on a terminal’s other screen, and q gives it back', { skip: noTerminal }, async () => {
    const line = `${process.execPath} cli/bin.mjs top`;
    const child = spawn('script', ['-qec', line, '/dev/null'], { env: { ...env(), TERM: 'xterm', CI: '' } });
    const ended = once(child, 'exit');
    let out = '';
    child.stdout.on('data', (chunk) => (out += String(chunk)));
    await eventually(() => assert.match(out, /messages\/sequence/), start_ms);
    child.stdin.write('q');
    const [code] = await ended;
    assert.equal(code, 0);
    assert.ok(out.startsWith('\u001b[?1049h'));
    assert.match(out, /\[\?1049l\s*$/);
  });

  it('colours are for terminals, and not for those who want none', { skip: noTerminal }, async () => {
    const shown = async (more: { [name: string]: string }): Promise<string> => {
      const child = spawn('script', ['-qec', `${process.execPath} cli/bin.mjs status`, '/dev/null'], {
        env: { ...env(), TERM: 'xterm', ...more },
      });
      let out = '';
      child.stdout.on('data', (chunk) => (out += String(chunk)));
      await once(child, 'exit');
      return out;
    };
    assert.ok((await shown({})).includes('\u001b[32mrunning'));
    assert.ok(!(await shown({ NO_COLOR: '1' })).includes('\u001b'));
  });
});
