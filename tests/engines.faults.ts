import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Crowd, gather, workThrough } from './support/crowd.ts';
import { eventually } from './support/eventually.ts';
import { nativeEngine } from './support/native-engine.ts';
import { type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';

const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL } = nativeEngine('kafka');
const { CASSANDRA_CONTACT_POINTS } = nativeEngine('cassandra');
const { ELASTICSEARCH_URL } = nativeEngine('elasticsearch');
const seed = Number(process.env['FAULT_SEED'] ?? randomInt(2 ** 31));

const scripts = fileURLToPath(new URL('../ops/native/', import.meta.url));
const again = (engine: string): Promise<unknown> => promisify(execFile)(`${scripts}${engine}/up.sh`);
const pidIn = (file: string): number => Number(readFileSync(file, 'utf8').trim());
const cache = process.env['XDG_CACHE_HOME'] ?? `${homedir()}/.cache`;

/** The process of each engine that a fault hits. */
const pids: { [engine: string]: () => number } = {
  kafka: () => pidIn(`${process.env['KAFKA_HOME'] ?? `${cache}/millrace/kafka`}/run/kafka1.pid`),
  cassandra: () =>
    pidIn(`${process.env['CASSANDRA_DATA'] ?? `${tmpdir()}/millrace-cassandra-${process.getuid!()}-1`}/n1/pid`),
};

describe(`Millrace on real engines, one of which goes away (FAULT_SEED=${seed})`, () => {
  let server: Server;
  let crowd: Crowd;
  let probe: Person;
  let probeChannel: string;
  before(async () => {
    server = await Server.start({
      MILLRACE_LOG: 'kafka',
      MILLRACE_KAFKA_BROKERS: KAFKA_BROKERS!,
      MILLRACE_SCHEMA_REGISTRY: SCHEMA_REGISTRY_URL!,
      MILLRACE_STORE: 'cassandra',
      MILLRACE_CASSANDRA_CONTACT_POINTS: CASSANDRA_CONTACT_POINTS!,
      MILLRACE_SEARCH: 'elasticsearch',
      MILLRACE_ELASTICSEARCH_URL: ELASTICSEARCH_URL!,
      MILLRACE_NAMESPACE: `t-${process.pid}-${Date.now().toString(36)}`,
      MILLRACE_PARTITIONS: '4',
    });
    // In a workspace of their own: what they send must not count as read by anyone of the crowd.
    probe = await workspace(server).person('probe');
    probeChannel = await probe.makes('public', 'probe');
    crowd = await gather(server, { people: 5, sockets: 1, channels: 3 });
  });
  after(async () => {
    for (const client of crowd.clients) client.stop();
    await server.stop();
  });

  /** Everything works again: a message is taken, and found. */
  async function works(): Promise<void> {
    const word = `afterwards${randomInt(2 ** 31)}`;
    // The same message each time: whether one that was refused is there is not known.
    await eventually(() => probe.say(probeChannel, word, { client_msg_id: word }), 60_000);
    await eventually(async () => {
      const { status, body } = await probe.get(`/v1/search?q=${word}`);
      assert.equal(status, 200);
      assert.equal(body.total, 1);
    }, 60_000);
  }

  for (const engine of ['kafka', 'cassandra']) {
    it(`loses nothing acknowledged while ${engine} is killed, and goes on when it is back`, async () => {
      const sent = await workThrough(crowd, seed, async () => {
        await sleep(1500);
        process.kill(pids[engine]!(), 'SIGKILL');
        await sleep(3000);
        await again(engine);
        await works();
      });
      assert.equal(sent > 20, true, `only ${sent} messages`);
    });

    it(`loses nothing acknowledged while ${engine} stands still`, async () => {
      await workThrough(crowd, seed + 1, async () => {
        await sleep(1000);
        const pid = pids[engine]!();
        process.kill(pid, 'SIGSTOP');
        await sleep(7000);
        process.kill(pid, 'SIGCONT');
        await works();
      });
    });
  }
});
