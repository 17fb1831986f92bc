import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { adminCall } from '../cli/admin-client.ts';
import type { TopologyStatus } from '../runtime/observing/status.ts';
import { readTopologies } from '../runtime/topology/load.ts';
import { Cluster, nativeSettings } from './support/cluster.ts';
import { type Crowd, gather, workThrough } from './support/crowd.ts';
import { eventually } from './support/eventually.ts';
import { workspace } from './support/person.ts';
import type { Server } from './support/server.ts';

const seed = Number(process.env['FAULT_SEED'] ?? randomInt(2 ** 31));
const partitions = 6;
/** Longer than any lease: who stands still for it is taken for dead, and its work is given on. */
const longerThanLeases_ms = 16_000;

describe(`three gateways and three workers on the same engines (FAULT_SEED=${seed})`, () => {
  let cluster: Cluster;
  let crowd: Crowd;
  before(async () => {
    cluster = await Cluster.start({ edges: 3, workers: 3 }, nativeSettings(), {
      MILLRACE_PARTITIONS: String(partitions),
    });
    crowd = await gather(cluster.front, { people: 6, sockets: 2, channels: 4 }, cluster.settings);
  });
  after(async () => {
    if (process.env['SHOW_STDERR'])
      for (const server of [...cluster.edges, ...cluster.workers]) console.error(server.pid, server.url, server.stderr);
    for (const client of crowd?.clients ?? []) client.stop();
    await cluster?.stop();
  });

  const shared = (count: number): Promise<void> =>
    eventually(async () => {
      const topologies = await statusOf(cluster.workers[0]!);
      for (const { topology, tasks } of topologies) {
        assert.deepEqual(
          tasks.map(({ state }) => state),
          tasks.map(() => 'running'),
          topology,
        );
        const loads = new Map<string | null, number>();
        for (const { worker } of tasks) loads.set(worker, (loads.get(worker) ?? 0) + 1);
        assert.deepEqual([...loads.values()], Array(count).fill(partitions / count), `${topology} ${[...loads]}`);
      }
    }, 60_000);

  it('share the partitions evenly, and each gateway holds a slot of its own', async () => {
    await shared(3);
    const { person } = workspace(cluster.front);
    // Calls and sockets go to one gateway after the other.
    const [a, b] = [await person('a'), await person('b')];
    const channel = await a.makes('public', 'all', [b]);
    const sockets = [await a.socket(), await b.socket(), await a.socket()];
    const { message_id } = await b.say(channel, 'heard on every gateway');
    for (const socket of sockets) {
      const { event } = await socket.next((frame) => frame.event?.kind === 'message.created');
      assert.equal(event.message.message_id, message_id);
      socket.close();
    }
  });

  it('lose and double nothing while a worker is killed, and its partitions are given on', async () => {
    const [victim] = cluster.workers;
    await workThrough(crowd, seed, async () => {
      await sleep(2000);
      await victim!.kill();
      await sleep(12_000);
      await victim!.restart();
      await sleep(3000);
    });
    await shared(3);
  });

  it('lose and double nothing while a worker stands still, is taken for dead, and wakes up under load', async () => {
    const victim = cluster.workers[1]!;
    await workThrough(crowd, seed + 1, async () => {
      await sleep(2000);
      victim.pause();
      await sleep(longerThanLeases_ms);
      victim.resume();
      await sleep(4000);
    });
    await shared(3);
  });

  it('lose and double nothing while a worker stands still across a deploy at a cut', async () => {
    const victim = cluster.workers[2]!;
    await workThrough(crowd, seed + 2, async () => {
      await sleep(1000);
      victim.pause();
      await sleep(1000);
      const deployed = deploy(cluster.workers[0]!, 9);
      await sleep(longerThanLeases_ms);
      victim.resume();
      await deployed;
    });
    await eventually(async () => {
      for (const { topology, version, tasks } of await statusOf(cluster.workers[0]!)) {
        assert.equal(version, 9, topology);
        assert.equal(new Set(tasks.map(({ deployment }) => deployment)).size, 1, JSON.stringify(tasks));
      }
    }, 30_000);
  });

  it('lose and double nothing while a gateway is killed, and while one stands still and wakes up', async () => {
    const [killed, paused] = cluster.edges;
    await workThrough(crowd, seed + 3, async () => {
      await sleep(1500);
      await killed!.kill();
      await sleep(3000);
      await killed!.restart();
      await sleep(1500);
      paused!.pause();
      await sleep(longerThanLeases_ms);
      paused!.resume();
      await sleep(3000);
    });
  });

  it('give partitions on to a worker that joins, and from one that leaves', async () => {
    await workThrough(crowd, seed + 4, async () => {
      await cluster.addWorker();
      await cluster.addWorker();
      await cluster.addWorker();
      await shared(6);
      for (const worker of cluster.workers.splice(3)) await worker.stop();
      await shared(3);
    });
  });
});

async function deploy(server: Server, version: number): Promise<void> {
  const files = readTopologies('topologies').map(({ file, text }) => ({
    file,
    text: text.replace(/^version: \d+$/m, `version: ${version}`),
  }));
  for await (const _ of adminCall(server.folder, 'POST', '/deploy', { files }));
}

async function statusOf(server: Server): Promise<TopologyStatus[]> {
  for await (const line of adminCall(server.folder, 'GET', '/status'))
    return (line as { topologies: TopologyStatus[] }).topologies;
  throw new Error('no status');
}
