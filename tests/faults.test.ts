import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { adminCall } from '../cli/admin-client.ts';
import type { TopologyStatus } from '../runtime/observing/status.ts';
import { readTopologies } from '../runtime/topology/load.ts';
import { type Crowd, gather, randomFrom, workThrough } from './support/crowd.ts';
import { eventually } from './support/eventually.ts';
import { Server } from './support/server.ts';

const kills = 9;

/** Real engines take seconds of each life to be connected to: it lasts for so much longer, that as much gets done. */
const connecting_ms = process.env['TEST_ENGINES'] ? 4000 : 0;

/** The seed of a failed run, to run it again: FAULT_SEED=… */
const seed = Number(process.env['FAULT_SEED'] ?? randomInt(2 ** 31));

describe(`a server that is killed again and again (FAULT_SEED=${seed})`, () => {
  let server: Server;
  let crowd: Crowd;
  before(async () => {
    server = await Server.start();
    crowd = await gather(server, { people: 15, sockets: 2, channels: 5 });
  });
  after(async () => {
    for (const client of crowd.clients) client.stop();
    await server.stop();
  });

  it('loses nothing acknowledged, doubles nothing, and shows everyone one order without a gap', async () => {
    const random = randomFrom(seed - 1);
    const sent = await workThrough(crowd, seed, async () => {
      const deploys: Promise<unknown>[] = [];
      for (let i = 0; i < kills; i++) {
        await sleep(connecting_ms + 200 + random() * 900);
        // Every topology goes over to a new version, mostly while the process is being killed.
        deploys.push(deploy(server, i + 2));
        await sleep(random() * 300);
        // Mostly SIGKILL; an orderly stop in the midst of work must keep the same promises.
        if (i % 3 === 2) assert.equal(await server.terminate(), 0, server.stderr);
        else await server.kill();
        await server.restart();
      }
      await Promise.all(deploys);
      await deploy(server, kills + 2);
      // A busy machine comes to as many messages, later.
      await eventually(
        () => assert.ok(crowd.clients.flatMap(({ acknowledged }) => acknowledged).length > 500),
        120_000,
      );
    });
    const { topologies } = await status(server);
    for (const { topology, version, tasks } of topologies) {
      assert.equal(version, above + kills + 2, topology);
      assert.deepEqual(new Set(tasks.map(({ state }) => state)), new Set(['running']), JSON.stringify(tasks));
      assert.equal(new Set(tasks.map(({ deployment }) => deployment)).size, 1, topology);
    }
    assert.ok(sent > 500, `only ${sent} messages came about: the test tested little`);
  });
});

/** Above the versions that are shipped. */
const above = 100;

/** The shipped topologies, each as another version of itself that does the same. */
async function deploy(server: Server, version: number): Promise<void> {
  const files = readTopologies('topologies').map(({ file, text }) => ({
    file,
    text: text.replace(/^version: \d+$/m, `version: ${above + version}`),
  }));
  try {
    for await (const _ of adminCall(server.folder, 'POST', '/deploy', { files }));
  } catch {
    // The process died meanwhile. What it had recorded goes on by itself; the last deploy is the one that must succeed.
    assert.ok(version < kills + 2, 'the last deploy failed');
  }
}

async function status(server: Server): Promise<{ topologies: TopologyStatus[] }> {
  for await (const line of adminCall(server.folder, 'GET', '/status')) return line as { topologies: TopologyStatus[] };
  throw new Error('no status');
}
