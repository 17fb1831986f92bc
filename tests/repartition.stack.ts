import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { adminCall } from '../cli/admin-client.ts';
import type { TopologyStatus } from '../runtime/observing/status.ts';
import { nativeSettings } from './support/cluster.ts';
import { type Crowd, gather, workThrough } from './support/crowd.ts';
import { testEngines } from './support/engines.ts';
import { eventually } from './support/eventually.ts';
import type { Person } from './support/person.ts';
import { Server, secret } from './support/server.ts';

const seed = Number(process.env['FAULT_SEED'] ?? randomInt(2 ** 31));
/** Longer than any lease, and the work itself. */
const deadline_ms = 120_000;

const engines = testEngines(`grow-${process.pid.toString(36)}${Date.now().toString(36)}`, nativeSettings());
const old = { ...engines.settings, MILLRACE_JWT_SECRET: secret, MILLRACE_PARTITIONS: '2' };
const grown = { MILLRACE_PARTITIONS: '5', MILLRACE_LOG_GENERATION: '2' };

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** `millrace repartition`, killed after `kill_ms` where that is given. */
async function repartition(folder: string, kill_ms?: number): Promise<Ended> {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MILLRACE_')));
  const child: ChildProcess = spawn(process.execPath, ['cli/bin.mjs', 'repartition', '--partitions', '5', '--json'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { ...inherited, ...old, MILLRACE_DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: kill_ms ?? deadline_ms,
    killSignal: 'SIGKILL',
  });
  const ended: Ended = { code: null, out: '', err: '' };
  child.stdout!.on('data', (chunk: Buffer) => (ended.out += chunk));
  child.stderr!.on('data', (chunk: Buffer) => (ended.err += chunk));
  const [code] = await once(child, 'close');
  return { ...ended, code: code as number | null };
}

/** Until `millrace status` shows no lag. */
function drained(worker: Server): Promise<void> {
  return eventually(async () => {
    for await (const line of adminCall(worker.folder, 'GET', '/status'))
      for (const { topology, sources } of (line as { topologies: TopologyStatus[] }).topologies)
        for (const { source, lag } of sources) assert.equal(lag, 0, `${topology}/${source}`);
  }, 30_000);
}

/** Every message's id of a channel, in the order in which they were numbered; replies aside. */
async function idsOf(person: Person, channel: string): Promise<bigint[]> {
  const ids: bigint[] = [];
  for (let after = '0'; ; after = String(ids.at(-1) ?? 0)) {
    const { body } = await person.get(`/v1/channels/${channel}/messages?limit=200&after=${after}`);
    ids.push(...body.messages.sort((a, b) => a.seq - b.seq).map(({ message_id }) => BigInt(message_id)));
    if (!body.has_more_after) return ids;
  }
}

describe(`growing from 2 partitions to 5 (FAULT_SEED=${seed})`, () => {
  let worker: Server;
  let edge: Server;
  let crowd: Crowd;
  /** Not a process’s own: the command may run anywhere. */
  let folder: string;
  const sent = new Map<string, string>();

  before(async () => {
    await engines.make();
    worker = await Server.part(['run'], old, deadline_ms);
    edge = await Server.part(['edge'], old, deadline_ms);
    folder = await mkdtemp(`${tmpdir()}/millrace-repartition-`);
    crowd = await gather(edge, { people: 4, sockets: 2, channels: 8 });
  });
  after(async () => {
    for (const client of crowd?.clients ?? []) client.stop();
    if (process.env['SHOW_STDERR']) for (const server of [edge, worker]) console.error(server?.url, server?.stderr);
    await Promise.all([edge?.stop(), worker?.stop()]);
    await rm(folder, { recursive: true, force: true });
    await engines.drop();
  });

  const sayAll = async (when: string): Promise<void> => {
    for (const channel of crowd.channels)
      sent.set(`${when}/${channel}`, await crowd.clients[0]!.say(channel, `the walrus spoke ${when}`, when, null));
  };
  const found = async (when: string): Promise<void> =>
    eventually(async () => {
      const { body } = await crowd.people[0]!.get(`/v1/search?q=${encodeURIComponent(`walrus ${when}`)}&limit=50`);
      const texts = body.hits.filter(({ message }) => message.text === `the walrus spoke ${when}`);
      assert.equal(texts.length, crowd.channels.length, when);
    }, 20_000);

  it('is refused while a worker or a gateway lives', async () => {
    await workThrough(crowd, seed, () => sleep(4000));
    await sayAll('early');
    const both = await repartition(folder);
    assert.deepEqual([both.code, both.out], [6, ''], both.err);
    assert.match(both.err, /worker .* on .*the gateway of slot 0 still runs/);
  });

  it('is refused while there is lag, and done once workers have taken it', async () => {
    await worker.terminate();
    const [client] = crowd.clients;
    // Nobody decides it; once it is decided nobody is there to hear of it.
    const late = client!.say(crowd.channels[0]!, 'said while all stops', 'late', null);
    await sleep(500);
    await edge.terminate();
    const refused = await repartition(folder);
    assert.equal(refused.code, 6, refused.err);
    assert.match(refused.err, /messages\/commands has a lag of 1/);
    await worker.restart();
    await drained(worker);
    await worker.terminate();
    const done = await repartition(folder);
    assert.equal(done.code, 0, done.err);
    const { rows, ...report } = JSON.parse(done.out) as { rows: number };
    // In each partition, of the sequencer and of what waits to be pushed.
    assert.deepEqual(report, { log_generation: 2, partitions: 5, snapshots: 2 * 5 });
    assert.ok(rows > crowd.channels.length);

    // Nothing was started on the new generation: back to the old one, as if nothing had been.
    await worker.restart();
    await edge.restart();
    sent.set('late', await late);
    await workThrough(crowd, seed + 1, () => sleep(2000));
    await sayAll('back');
    await edge.terminate();
    await drained(worker);
    await worker.terminate();
  });

  it('can be killed at any point, and begun anew', async () => {
    for (const kill_ms of [2500, 4000]) await repartition(folder, kill_ms + randomInt(1500));
    // Where a run was killed before it was through, no process begins on what it left, and where it was, this is one more.
    const { code, out, err } = await repartition(folder);
    assert.equal(code, 0, err);
    assert.equal((JSON.parse(out) as { partitions: number }).partitions, 5);
  });

  it('loses and doubles nothing: the same people go on where they were, in more partitions', async () => {
    const [reader] = crowd.people;
    await worker.restart(grown);
    await edge.restart(grown);
    const before = new Map<string, bigint[]>();
    await eventually(async () => {
      for (const channel of crowd.channels) before.set(channel, await idsOf(reader!, channel));
    }, 20_000);
    // What was sent under an id of the client's is known, by whichever partition has the channel now.
    for (const when of ['early', 'back'])
      for (const channel of crowd.channels) {
        const again = { channel_id: channel, text: 'again', client_msg_id: when };
        const { status, body } = await reader!.post('/v1/messages', again);
        assert.deepEqual([status, body.message.message_id], [200, sent.get(`${when}/${channel}`)]);
      }
    assert.equal(
      await crowd.clients[0]!.say(crowd.channels[0]!, 'said while all stops', 'late', null),
      sent.get('late'),
    );
    for (const channel of crowd.channels) assert.deepEqual(await idsOf(reader!, channel), before.get(channel));
    await workThrough(crowd, seed + 2, () => sleep(5000));
    await sayAll('grown');
    for (const when of ['early', 'back', 'grown']) await found(when);

    const all: bigint[] = [];
    const partitions = new Set<bigint>();
    for (const channel of crowd.channels) {
      const ids = await idsOf(reader!, channel);
      const old = before.get(channel)!;
      assert.deepEqual(ids.slice(0, old.length), old);
      assert.ok(ids.length > old.length);
      for (const [i, id] of ids.entries()) if (i > 0) assert.ok(id > ids[i - 1]!, `ids grow in ${channel}`);
      for (const id of ids.slice(old.length)) partitions.add((id >> 12n) & 1023n);
      all.push(...ids);
    }
    assert.equal(new Set(all).size, all.length, 'no id twice');
    assert.ok(
      [...partitions].some((partition) => partition >= 2n),
      `new partitions number messages: ${[...partitions]}`,
    );
  });

  it('can’t be gone back behind once the new generation has begun', async () => {
    await Promise.all([edge.terminate(), worker.terminate()]);
    const { code, err } = await repartition(folder);
    assert.equal(code, 6, err);
    assert.match(err, /processes were started on generation 2 of the log/);
    await assert.rejects(Server.part(['run'], old), /processes were started on generation 2 of the log/);
    const skipped = { ...old, MILLRACE_PARTITIONS: '7', MILLRACE_LOG_GENERATION: '3' };
    await assert.rejects(Server.part(['run'], skipped), /generation 3 of the log is not made/);
    await worker.restart();
    await edge.restart();
    await workThrough(crowd, seed + 3, () => sleep(1500));
  });
});
