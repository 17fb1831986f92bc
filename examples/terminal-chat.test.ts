import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { until } from '../client/scripted-server.ts';
import { FakeServer } from '../web/fake-server.ts';

const program = fileURLToPath(new URL('./terminal-chat.ts', import.meta.url));

/** A person at a terminal of their own. */
class Terminal {
  readonly child: ChildProcess;
  output = '';

  constructor(server: FakeServer, user: string) {
    this.child = spawn(process.execPath, ['--import', 'tsx', program, server.url], {
      env: { ...process.env, MILLRACE_TOKEN: server.link(user).split('token=')[1] },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.child.stdout!.on('data', (chunk: Buffer) => {
      this.output += chunk.toString();
    });
  }

  types(line: string): void {
    this.child.stdin!.write(`${line}\n`);
  }

  sees(text: string | RegExp): Promise<void> {
    const there = () => (typeof text === 'string' ? this.output.includes(text) : text.test(this.output));
    return until(there, `${text} in: ${this.output}`, 15_000);
  }

  async leaves(): Promise<number> {
    const gone = once(this.child, 'exit');
    this.types('/quit');
    return (await gone)[0] as number;
  }
}

test('two people talk in their terminals', { timeout: 60_000 }, async () => {
  const server = await FakeServer.start();
  const general = server.workspace.room('general', 'public', ['alice', 'bob']);
  server.workspace.room('plans', 'public', ['carol']);
  server.workspace.say(general, 'carol', 'said before');
  const alice = new Terminal(server, 'alice');
  const bob = new Terminal(server, 'bob');
  try {
    alice.types('to nobody');
    await alice.sees('Join a channel first');
    alice.types('/channels');
    await alice.sees(/^#general$/m);
    alice.types('/join #general');
    await alice.sees(/#general \d\d:\d\d Carol Lindqvist: said before/);
    bob.types('/join general');
    await bob.sees('said before');
    server.type(general, 'bob');
    await alice.sees('Bob Okafor is typing…');
    for (let i = 0; i < 5; i++) bob.types(`line ${i}`);
    await alice.sees(/line 0\n.*line 1\n.*line 2\n.*line 3\n.*line 4/);
    server.cut();
    alice.types('after a cut');
    await bob.sees(/Alice Moreau: after a cut/);
    alice.types('refuse me');
    await alice.sees('Not sent: This text is not allowed here.');
    alice.types('/join plans');
    await alice.sees('— #plans, 0 messages —');
    alice.types('/join fresh');
    await alice.sees('— #fresh, 0 messages —');
    // What was written last is sent, though it is left at once.
    bob.types('good night');
    assert.equal(await bob.leaves(), 0);
    await alice.sees('Bob Okafor: good night');
    assert.equal(await alice.leaves(), 0);
    assert.equal(server.workspace.find(general).messages.length, 8);
  } finally {
    alice.child.kill();
    bob.child.kill();
    await server.close();
  }
});
