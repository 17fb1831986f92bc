import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { signToken } from '../edge/auth/tokens.ts';
import { MeasuredProcess } from './edge/process.ts';
import { connect, disconnect, type LoadResult, load } from './load.ts';
import { round } from './statistics.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const secret = 'a secret for benchmarks, long enough';
const sockets = 100;
const perChannel = 2;

/** How the engines' processes are known by their command lines. */
const engines: { [name: string]: RegExp } = {
  kafka: /kafka\.Kafka/,
  registry: /quarkus|apicurio/,
  cassandra: /CassandraDaemon/,
  elasticsearch: /org\.elasticsearch/,
  postgres: /postgres/,
  redis: /redis-server/,
};

/**
 * What a message costs on the real engines: CPU of the edge, the worker and each engine, and latency, at rates that they hold here. An
 * edge and a worker, one node of each engine, all on this machine with the loader.
 */
export async function stackCosts({ quick }: { quick: boolean }): Promise<object> {
  const [seconds, rates] = quick ? [3, [100]] : [10, [100, 300, 600]];
  const settings = await stack();
  const common = {
    ...settings,
    MILLRACE_NAMESPACE: `bench-${process.pid}`,
    MILLRACE_JWT_SECRET: secret,
    MILLRACE_RATE_LIMIT: 'off',
    MILLRACE_PARTITIONS: '8',
    MILLRACE_LOG_LEVEL: 'warn',
    PORT: '0',
  };
  const folders = await Promise.all(['worker', 'edge'].map((name) => mkdtemp(`${tmpdir()}/millrace-bench-${name}-`)));
  const start = (role: string, folder: string) =>
    MeasuredProcess.start(process.execPath, [`${root}cli/bin.mjs`, role, '--json'], {
      ...common,
      MILLRACE_DATA_DIR: folder,
    });
  const worker = await start('run', folders[0]!);
  const edge = await start('edge', folders[1]!);
  const server = {
    url: edge.url,
    token: (user: string) => signToken(secret, { user_id: user, workspace_id: 'bench', role: 'owner' }, 3600),
    cpu: () => edge.cpu() + worker.cpu(),
    stop: async () => undefined,
  };
  const clients = await connect(server, sockets, perChannel);
  await load(server, clients, 200, quick ? 3 : 15, 'warm');
  const steps: object[] = [];
  for (const rate of rates) {
    const before = cpuOf({ edge, worker });
    const result: LoadResult = await load(server, clients, rate, seconds, `r${rate}`);
    const after = cpuOf({ edge, worker });
    const { acknowledged_rate, refused, ack_ms, receive_ms } = result;
    const us = Object.fromEntries(
      Object.keys(after).map((name) => [name, Math.round(((after[name]! - before[name]!) * 1e6) / result.sent)]),
    );
    steps.push({ rate, acknowledged_rate, refused, ack_ms, receive_ms, cpu_us_a_message: us });
    if (acknowledged_rate < 0.9 * rate) break;
  }
  disconnect(clients);
  await Promise.all([edge.stop(), worker.stop()]);
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
  return { sockets, members_per_channel: perChannel, text_bytes: 200, seconds, steps };
}

/** The native engines, brought up where they are down, as settings. */
async function stack(): Promise<{ [name: string]: string }> {
  const up = await promisify(execFile)(process.execPath, [`${root}ops/native/stack.mjs`, 'up'], {
    timeout: 600_000,
    maxBuffer: 2 ** 24,
  });
  const found = Object.fromEntries(
    [...up.stdout.matchAll(/^([A-Z_]+)=(\S+)$/gm)].map(([, name, value]) => [name, value!]),
  );
  const of = (name: string): string => {
    const value = found[name];
    if (value === undefined) throw new Error(`the engines did not tell their ${name}`);
    return value;
  };
  return {
    MILLRACE_LOG: 'kafka',
    MILLRACE_KAFKA_BROKERS: of('KAFKA_BROKERS'),
    MILLRACE_SCHEMA_REGISTRY: of('SCHEMA_REGISTRY_URL'),
    MILLRACE_STORE: 'cassandra',
    MILLRACE_CASSANDRA_CONTACT_POINTS: of('CASSANDRA_CONTACT_POINTS'),
    MILLRACE_SEARCH: 'elasticsearch',
    MILLRACE_ELASTICSEARCH_URL: of('ELASTICSEARCH_URL'),
    MILLRACE_DIRECTORY: 'postgres',
    MILLRACE_POSTGRES_URL: of('PG_URL'),
    MILLRACE_PRESENCE: 'redis',
    MILLRACE_REDIS_URL: of('REDIS_URL'),
  };
}

/** Seconds of CPU so far of our processes and of each engine's. */
function cpuOf(own: { [name: string]: MeasuredProcess }): { [name: string]: number } {
  const cpu: { [name: string]: number } = {};
  for (const [name, one] of Object.entries(own)) cpu[name] = one.cpu();
  for (const name of Object.keys(engines)) cpu[name] = 0;
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      const [name] = Object.entries(engines).find(([, pattern]) => pattern.test(line)) ?? [];
      if (name === undefined) continue;
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
      cpu[name]! += (Number(fields[11]) + Number(fields[12])) / 100;
    } catch (error) {
      // It ended between the list and the look.
      if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  for (const name of Object.keys(cpu)) cpu[name] = round(cpu[name]!);
  return cpu;
}
