import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';
import type { TestSocket } from './support/socket.ts';

/** ws's stream below the socket: paused, the client takes nothing more. */
function streamOf(socket: TestSocket): { pause(): void; resume(): void } {
  return (socket.ws as unknown as { _socket: { pause(): void; resume(): void } })._socket;
}

/** Sends messages of 8,000 characters until the server has given up the slow sockets; then waits until they are gone. */
async function flood(person: Person, channel: string, slow: number, socketsLeft: number): Promise<void> {
  const until = Date.now() + 15_000;
  for (let i = 0; Date.now() < until; i++) {
    const metrics = await (await fetch(`${person.server.url}/metrics`)).text();
    const read = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(metrics)![1]);
    if (read('millrace_sockets') <= socketsLeft) return;
    if (read('millrace_sockets_too_slow') >= slow) await sleep(50);
    else await Promise.all(Array.from({ length: 40 }, (_, n) => person.say(channel, `${i}.${n} `.padEnd(8000, 'x'))));
  }
  throw new Error('the server still holds a socket that takes nothing');
}

/** Asked of the package itself: a server that fails to start for another reason is a failed test, not a skipped one. */
const uwsLoads = ((): boolean => {
  try {
    createRequire(import.meta.url)('uWebSockets.js');
    return true;
  } catch {
    return false;
  }
})();

for (const transport of ['uws', 'ws']) {
  describe(`slow readers over ${transport}`, () => {
    it('are closed, without a gap before the end and without harm to others, and resume', async (test) => {
      if (transport === 'uws' && !uwsLoads) return test.skip('uWebSockets.js does not load here');
      const server = await Server.start({ MILLRACE_TRANSPORT: transport });
      try {
        const { person } = workspace(server);
        const [alice, bob] = [await person('alice'), await person('bob')];
        const channel = await alice.makes('public', 'general', [bob]);
        const { rev } = (await alice.get(`/v1/channels/${channel}`)).body.channel.head;
        // Several, so that one is dropped while others are still to be told.
        const slow = await Promise.all(Array.from({ length: 5 }, () => bob.socket()));
        const quick = await alice.socket();
        for (const socket of slow) streamOf(socket).pause();
        await flood(alice, channel, slow.length, 1);
        for (const socket of slow) streamOf(socket).resume();
        for (const socket of slow) {
          const code = await socket.closed;
          assert.ok(code === 4408 || code === 1006, `closed with ${code}`);
          const revs = socket.events(channel).map((frame) => frame.rev);
          assert.deepEqual(
            revs,
            revs.map((_, i) => rev + 1 + i),
          );
        }
        const { head } = (await alice.get(`/v1/channels/${channel}`)).body.channel;
        await quick.next((frame) => frame.rev === head.rev);
        assert.equal(quick.events(channel).length, head.rev - rev);
        const held = slow[0]!.events(channel).at(-1)?.rev ?? rev;
        const again = await bob.socket();
        const { channels, events } = await again.resume({ [channel]: held });
        assert.deepEqual(channels[channel], { status: 'caught_up', head });
        assert.equal(events.length, head.rev - held);
        await Promise.all([again.close(), quick.close()]);
      } finally {
        await server.stop();
      }
    });

    it('that take a little are closed with 4408', async (test) => {
      if (transport === 'uws' && !uwsLoads) return test.skip('uWebSockets.js does not load here');
      const server = await Server.start({ MILLRACE_TRANSPORT: transport });
      try {
        const { person } = workspace(server);
        const [alice, bob] = [await person('alice'), await person('bob')];
        const channel = await alice.makes('public', 'general', [bob]);
        const slow = await bob.socket();
        const stream = streamOf(slow);
        stream.pause();
        // What is unsent can go out within the two seconds that the server gives it.
        let flooding = true;
        const trickle = (async () => {
          while (flooding) {
            await sleep(20);
            const metrics = await (await fetch(`${server.url}/metrics`)).text();
            if (/^millrace_sockets_too_slow [1-9]/m.test(metrics)) return stream.resume();
          }
        })();
        await Promise.all([flood(alice, channel, 1, 0), trickle]);
        flooding = false;
        assert.equal(await slow.closed, 4408);
      } finally {
        await server.stop();
      }
    });
  });
}
