import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { nativeSettings } from './cluster.ts';
import { type Crowd, gather, workThrough } from './crowd.ts';
import { testEngines } from './engines.ts';
import { eventually } from './eventually.ts';
import { killed } from './killed.ts';
import { type Person, workspace } from './person.ts';
import { Server } from './server.ts';
import type { TestSocket } from './socket.ts';
import type { StubbornClient } from './stubborn-client.ts';

const scripts = fileURLToPath(new URL('../../ops/native/', import.meta.url));
const cache = process.env['XDG_CACHE_HOME'] ?? `${homedir()}/.cache`;
const user = process.getuid!();
const temporary = process.env['TMPDIR'] ?? '/tmp';

/** The processes of each engine that a fault hits, and the script that starts it again. */
const engines: { [engine: string]: { script: string; pids: () => number[] } } = {
  kafka: { script: 'kafka', pids: () => [pidIn(`${kafkaHome()}/run/kafka1.pid`)] },
  registry: { script: 'kafka', pids: () => [pidIn(`${kafkaHome()}/run/registry.pid`)] },
  cassandra: {
    script: 'cassandra',
    pids: () => [pidIn(`${process.env['CASSANDRA_DATA'] ?? `${tmpdir()}/millrace-cassandra-${user}-1`}/n1/pid`)],
  },
  elasticsearch: { script: 'elasticsearch', pids: () => [Number(printed('elasticsearch', 'ELASTICSEARCH_PID'))] },
  redis: { script: 'redis', pids: () => [Number(printed('redis', 'REDIS_PID'))] },
  // A server process for each connection: to stand still all of them must.
  postgres: {
    script: 'postgres',
    pids: () =>
      withChildren(pidIn(`${process.env['PG_DATA'] ?? `${temporary}/millrace-postgres-${user}`}/postmaster.pid`)),
  },
};

const known = new Map<string, string>();

function printed(engine: string, variable: string): string {
  const found = new RegExp(`^${variable}=(\\S+)$`, 'm').exec(known.get(engine) ?? '')?.[1];
  assert.ok(found, `${engine}/up.sh printed no ${variable}`);
  return found;
}

async function up(engine: string): Promise<void> {
  const { script } = engines[engine]!;
  const { stdout } = await promisify(execFile)(`${scripts}${script}/up.sh`);
  known.set(script, stdout);
}

function kafkaHome(): string {
  return process.env['KAFKA_HOME'] ?? `${cache}/millrace/kafka`;
}

function pidIn(file: string): number {
  return Number(readFileSync(file, 'utf8').split('\n')[0]!.trim());
}

function withChildren(parent: number): number[] {
  const children = readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1] === String(parent);
    } catch {
      // It ended meanwhile.
      return false;
    }
  });
  return [parent, ...children.map(Number)];
}

/** As an operator stops it: it ends its work, and takes leave. */
async function stopOrderly(engine: string): Promise<void> {
  // To PostgreSQL, SIGTERM says to wait until every client has left.
  const [pid] = engines[engine]!.pids();
  process.kill(pid!, engine === 'postgres' ? 'SIGINT' : 'SIGTERM');
  await eventually(() => assert.throws(() => process.kill(pid!, 0), { code: 'ESRCH' }), 60_000);
}

interface Probe {
  person: Person;
  channel: string;
  socket: TestSocket;
  clients: StubbornClient[];
}

/** What holds while an engine is away (docs/faults.md). */
const promised: { [engine: string]: (probe: Probe) => Promise<void> } = {
  kafka: async ({ person, channel, socket, clients }) => {
    const { status, headers } = await send(person, channel);
    assert.equal(status, 503);
    assert.equal(Number(headers.get('retry-after')) > 0, true);
    assert.deepEqual(
      [socket, ...clients].map(({ isOpen }) => isOpen),
      [true, ...clients.map(() => true)],
      'sockets stay',
    );
  },
  registry: async ({ person, channel }) => assert.equal((await send(person, channel)).status, 201),
  cassandra: async ({ person, channel }) => {
    assert.equal((await person.get(`/v1/channels/${channel}/messages`)).status, 503);
    assert.equal([201, 503].includes((await send(person, channel)).status), true);
  },
  elasticsearch: async ({ person, channel }) => {
    assert.equal((await person.get('/v1/search?q=anything')).status, 503);
    assert.equal((await send(person, channel)).status, 201);
  },
  redis: async ({ person, channel }) => {
    const { status, body } = await person.get(`/v1/presence?user_id=${person.id}`);
    assert.equal(status, 200);
    assert.equal(body.presence[0]!.status, 'offline');
    assert.equal((await send(person, channel)).status, 201);
  },
  postgres: async ({ person, channel }) => {
    await eventually(
      async () => assert.equal((await send(person, channel)).status, 201, 'who is known goes on'),
      8_000,
    );
    const { status } = await person.post('/v1/channels', { type: 'public', name: `n${randomInt(2 ** 31)}` });
    assert.equal(status, 503);
  },
};

function send(person: Person, channel: string) {
  return person.post('/v1/messages', {
    channel_id: channel,
    text: 'meanwhile',
    client_msg_id: `m${randomInt(2 ** 31)}`,
  });
}

/**
 * Tests that everything promised holds while each engine is away in turn under load, and that a history checker finds nothing
 * acknowledged lost, nothing doubled and one order after each. One process of Millrace on all engines.
 */
export function describeEnginesAway(kinds: ('killed' | 'paused' | 'restarted')[], seed: number): void {
  // Here, so that the engines end after the suite, which drops its tables.
  const own = testEngines(`away-${process.pid.toString(36)}${Date.now().toString(36)}`, nativeSettings());
  describe(`Millrace on real engines, one of which goes away (FAULT_SEED=${seed})`, () => {
    let server: Server;
    let crowd: Crowd;
    let probe: Probe;
    before(async () => {
      for (const engine of ['elasticsearch', 'redis']) await up(engine);
      await own.make();
      server = await Server.start({ ...own.settings, MILLRACE_PARTITIONS: '4' });
      // In a workspace of their own: what they send must not count as read by anyone of the crowd.
      const person = await workspace(server).person('probe');
      const channel = await person.makes('public', 'probe');
      await person.say(channel, 'known to the cache');
      crowd = await gather(server, { people: 5, sockets: 1, channels: 3 }, own.settings);
      probe = { person, channel, socket: await person.socket(), clients: crowd.clients };
    });
    after(async () => {
      if (process.env['SHOW_STDERR']) console.error(server.stderr.slice(-5000));
      probe?.socket.close();
      for (const client of crowd?.clients ?? []) client.stop();
      await server?.stop();
      await own.drop();
    });

    beforeEach(async () => {
      // An engine that stood still may have cost it its gateway's lease.
      if (!probe.socket.isOpen) probe.socket = await probe.person.socket();
    });

    /** Everything works again: a message is taken, and found. Resolves with how many seconds that took. */
    async function works(): Promise<string> {
      const began = Date.now();
      const word = `afterwards${randomInt(2 ** 31)}`;
      const { person, channel } = probe;
      // The same message each time: whether one that was refused is there is not known, and 200 says that it is.
      const message = { channel_id: channel, text: word, client_msg_id: word };
      await eventually(async () => {
        const { status } = await person.post('/v1/messages', message);
        assert.ok(status === 200 || status === 201, `not sent: ${status}`);
      }, 60_000);
      const taken = Date.now();
      await eventually(async () => {
        const { status, body } = await person.get(`/v1/search?q=${word}`);
        assert.equal(status, 200);
        assert.equal(body.total, 1);
      }, 60_000);
      await eventually(async () => {
        const { status } = await person.post('/v1/channels', { type: 'public', name: `n${randomInt(2 ** 31)}` });
        assert.equal(status, 201);
      }, 60_000);
      await eventually(async () => {
        // Clients come back, too: what the gateway lost its slot over may have closed the socket.
        if (!probe.socket.isOpen) probe.socket = await person.socket();
        // Without a sign of life its device is gone after a minute, whatever became of an engine.
        probe.socket.send({ type: 'ping' });
        const { body } = await person.get(`/v1/presence?user_id=${person.id}`);
        assert.equal(body.presence[0]!.status, 'online');
      }, 60_000);
      return `a send is taken ${seconds(taken - began)} s after it is back, all works after ${seconds(Date.now() - began)} s`;
    }

    for (const [number, engine] of Object.keys(engines).entries()) {
      if (kinds.includes('killed'))
        it(`keeps what is promised while ${engine} is killed, and goes on when it is back`, async (t) => {
          await workThrough(crowd, seed + number, async () => {
            await sleep(1000);
            await Promise.all(engines[engine]!.pids().map(killed));
            await sleep(1500);
            await promised[engine]!(probe);
            await up(engine);
            t.diagnostic(`${engine} killed: ${await works()}`);
          });
        });
      if (kinds.includes('paused'))
        it(`keeps what is promised while ${engine} stands still, and loses and doubles nothing`, async (t) => {
          await workThrough(crowd, seed + 100 + number, async () => {
            await sleep(1000);
            const pids = engines[engine]!.pids();
            for (const pid of pids) process.kill(pid, 'SIGSTOP');
            try {
              const until = Date.now() + 12_000;
              // Its connections are open: what asks it finds out by its deadlines.
              await sleep(3000);
              await promised[engine]!(probe);
              await sleep(Math.max(0, until - Date.now()));
            } finally {
              for (const pid of pids) process.kill(pid, 'SIGCONT');
            }
            t.diagnostic(`${engine} paused for 12 s: ${await works()}`);
          });
        });
      if (kinds.includes('restarted'))
        it(`loses and doubles nothing while ${engine} is stopped and started as an operator would`, async (t) => {
          await workThrough(crowd, seed + 200 + number, async () => {
            await sleep(1000);
            await stopOrderly(engine);
            await up(engine);
            t.diagnostic(`${engine} restarted: ${await works()}`);
          });
        });
    }
  });
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}
