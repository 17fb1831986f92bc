import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Finding } from '../platform/doctor.ts';
import { startRedis } from '../platform/presence/redis/stack-engine.ts';
import { nativeSettings } from './support/cluster.ts';
import { testEngines } from './support/engines.ts';
import { Server } from './support/server.ts';

const name = `doctor-${process.pid.toString(36)}${Date.now().toString(36)}`;
/** A namespace and a database of its own: what other tests, or other versions, left in theirs is not these tests' to say. */
const engines = testEngines(name, nativeSettings());
const env: { [name: string]: string } = { ...engines.settings, MILLRACE_PARTITIONS: '2' };

function doctor(change: { [name: string]: string } = {}): { code: number | null; found: Map<string, Finding> } {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MILLRACE_')));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['cli/bin.mjs', 'doctor', '--json'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
    timeout: 30_000,
    env: { ...inherited, ...env, ...change },
  });
  assert.notEqual(stdout, '', stderr);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  return { code: status, found: new Map(findings.map((finding) => [finding.name, finding])) };
}

/** Of this machine: how full its disk is, what loads on it, and its limits, are not these tests' to say. */
const machine = new Set(['data folder', 'transport', 'node', 'open files']);
const bad = (found: Map<string, Finding>): Finding[] =>
  [...found.values()].filter(({ name, state }) => state !== 'ok' && !machine.has(name));

describe('doctor on live engines', () => {
  const redis = startRedis();
  env['MILLRACE_REDIS_URL'] = redis.url;
  before(async () => {
    await redis.client.config('SET', 'maxmemory', '0');
    await engines.make();
  });
  after(async () => {
    redis.stop();
    await engines.drop();
  });

  it('is content before the first start, and after it', async () => {
    const before = doctor();
    assert.deepEqual(bad(before.found), []);
    assert.match(before.found.get('cassandra keyspace')!.detail, /is not there yet/);
    const server = await Server.start(env);
    try {
      const { code, found } = doctor();
      assert.deepEqual(bad(found), []);
      assert.equal(code, [...found.values()].some(({ state }) => state === 'fail') ? 1 : 0);
      assert.match(found.get('kafka topics')!.detail, /each as it is declared/);
      assert.match(found.get('schema registry')!.detail, /(\d+) of \1 schemas are registered/);
      assert.match(found.get('cassandra keyspace')!.detail, /version \d+, copies as they are set/);
      assert.match(found.get('elasticsearch index')!.detail, /-1 serves/);
      assert.match(found.get('postgres tables')!.detail, /migrations have run/);
      for (const engine of ['redis', 'postgres', 'cassandra']) assert.equal(found.get(`${engine} clock`)!.state, 'ok');
    } finally {
      await server.stop();
    }
  });

  it('tells what does not fit what is there', () => {
    const { code, found } = doctor({ MILLRACE_PARTITIONS: '3', MILLRACE_CASSANDRA_REPLICATION: '3' });
    assert.equal(code, 1);
    const topic = found.get(`kafka topic ${env['MILLRACE_NAMESPACE']}.message_events`)!;
    assert.match(`${topic.detail} ${topic.mend}`, /has 2 partitions, 3 are declared.*Set MILLRACE_PARTITIONS/);
    assert.match(found.get('cassandra keyspace')!.detail, /has 1 copies in datacenter1/);
    const wrong = doctor({ MILLRACE_CASSANDRA_DATACENTER: 'elsewhere' }).found.get('cassandra')!;
    assert.match(`${wrong.detail} ${wrong.mend}`, /elsewhere.*_DATACENTER/);
  });

  it('tells an engine that evicts, and one that is away, beside others that are well', async () => {
    await redis.client.config('SET', 'maxmemory', '100mb', 'maxmemory-policy', 'allkeys-lru');
    const evicting = doctor();
    assert.equal(evicting.found.get('redis maxmemory-policy')!.state, 'warn');
    assert.deepEqual(
      bad(evicting.found).map(({ name }) => name),
      ['redis maxmemory-policy'],
    );
    await redis.kill();
    const { code, found } = doctor();
    assert.equal(code, 1);
    assert.deepEqual(
      bad(found).map(({ name }) => name),
      ['redis'],
    );
    redis.start();
  });
});
