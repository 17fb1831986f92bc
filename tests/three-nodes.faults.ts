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
import { type TestEngines, testEngines } from './support/engines.ts';
import { type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';

const seed = Number(process.env['FAULT_SEED'] ?? randomInt(2 ** 31));
const scripts = fileURLToPath(new URL('../ops/native/', import.meta.url));
const cache = process.env['XDG_CACHE_HOME'] ?? `${homedir()}/.cache`;

/** Apart from the single nodes that other tests use. */
const kafka = { NODES: '3', KAFKA_HOME: `${cache}/millrace/kafka3`, KAFKA_PORT: '39092', REGISTRY_PORT: '38081' };
const cassandra = {
  CASSANDRA_NODES: '3',
  CASSANDRA_PORT: '39042',
  CASSANDRA_DATA: `${tmpdir()}/millrace-cassandra-three`,
};

/** Meanwhile the clients of this process go on. */
async function script(name: string, env: { [name: string]: string }): Promise<string> {
  return (await promisify(execFile)(`${scripts}${name}`, { env: { ...process.env, ...env } })).stdout;
}

function pidOf(node: string): number {
  const [engine, number] = node.split(' ') as [string, string];
  const file =
    engine === 'kafka' ? `${kafka.KAFKA_HOME}/run/kafka${number}.pid` : `${cassandra.CASSANDRA_DATA}/n${number}/pid`;
  return Number(readFileSync(file, 'utf8').trim());
}

describe(`three brokers and three Cassandra nodes, one of which goes away (FAULT_SEED=${seed})`, () => {
  let own: TestEngines | undefined;
  let server: Server;
  let crowd: Crowd;
  let rounds = 0;
  let probe: Person;
  let channel: string;
  before(async () => {
    const brokers = /KAFKA_BROKERS=(\S+)/.exec(await script('kafka/up.sh', kafka))![1]!;
    const points = /CASSANDRA_CONTACT_POINTS=(\S+)/.exec(await script('cassandra/up.sh', cassandra))![1]!;
    const engines = [
      'MILLRACE_LOG=kafka',
      `MILLRACE_KAFKA_BROKERS=${brokers}`,
      'MILLRACE_KAFKA_REPLICATION=3',
      'MILLRACE_STORE=cassandra',
      `MILLRACE_CASSANDRA_CONTACT_POINTS=${points}`,
      'MILLRACE_CASSANDRA_REPLICATION=3',
    ];
    own = testEngines(`three-${Date.now().toString(36)}`, engines.join(' '));
    const settings = { ...own.settings, MILLRACE_PARTITIONS: '6' };
    server = await Server.start(settings);
    probe = await workspace(server).person('probe');
    channel = await probe.makes('public', 'probe');
    // None of them is to see a 503 either.
    crowd = await gather(server, { people: 4, sockets: 1, channels: 3, mayWait: false }, settings);
    // Engines that have just started compile themselves, and on two cores answer within seconds with nobody away.
    await workThrough(crowd, seed, () => sleep(20_000));
  });
  after(async () => {
    for (const client of crowd?.clients ?? []) client.stop();
    await server?.stop();
    await own?.drop();
    await script('kafka/down.sh', kafka);
    await script('cassandra/down.sh', cassandra);
  });

  /** Sends one after the other while `trouble` goes on: every one must be taken. Resolves with the longest wait, in ms. */
  async function sendThrough(trouble: () => Promise<void>): Promise<number> {
    let going = true;
    let longest = 0;
    const refused: unknown[] = [];
    const sending = (async () => {
      for (let n = 0; going; n++) {
        const began = Date.now();
        const body = { channel_id: channel, text: `${n}`, client_msg_id: `${seed}-${began}-${n}` };
        const answer = await probe.post('/v1/messages', body);
        if (answer.status !== 201) refused.push(answer.body);
        longest = Math.max(longest, Date.now() - began);
        await sleep(50);
      }
    })();
    try {
      await trouble();
    } finally {
      going = false;
      await sending;
    }
    assert.deepEqual(refused, [], 'no send is refused');
    return longest;
  }

  for (const node of ['kafka 1', 'kafka 2', 'kafka 3', 'cassandra 1', 'cassandra 2', 'cassandra 3']) {
    for (const [what, stop, again] of [
      ['is killed', 'SIGKILL', undefined],
      ['stands still', 'SIGSTOP', 'SIGCONT'],
    ] as const) {
      it(`costs a few seconds when ${node} ${what}, and no send is refused`, async (t) => {
        let longest = 0;
        // Another seed each time: under the ids of an earlier one nothing would be sent.
        await workThrough(crowd, seed + ++rounds, async () => {
          longest = await sendThrough(async () => {
            await sleep(1500);
            const pid = pidOf(node);
            process.kill(pid, stop);
            await sleep(12_000);
            if (again) process.kill(pid, again);
            else if (node.startsWith('kafka')) await script('kafka/up.sh', kafka);
            else await script('cassandra/up.sh', { ...cassandra, CASSANDRA_ONLY: node.split(' ')[1]! });
            await sleep(5000);
          });
        });
        t.diagnostic(`${node} ${what}: the longest send took ${(longest / 1000).toFixed(1)} s`);
        assert.equal(longest < 9000, true, `${longest} ms`);
      });
    }
  }
});
