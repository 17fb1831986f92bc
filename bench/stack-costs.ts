import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { signToken } from '../edge/auth/tokens.ts';
import { MeasuredProcess } from './edge/process.ts';
import { type Client, connect, disconnect, type LoadResult, load } from './load.ts';
import type { BenchServer } from './servers.ts';
import { stack } from './stack.ts';
import { median, round } from './statistics.ts';

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

/** An edge and a worker. */
interface Pair extends BenchServer {
  processes: { edge: MeasuredProcess; worker: MeasuredProcess };
}

/**
 * What a message costs on the real engines, and how long it takes: an edge and a worker, one node of each engine, all on this
 * machine with the loader; in turn with a harness of raw drivers that takes the same hops and writes the same rows.
 */
export async function stackCosts({ quick }: { quick: boolean }): Promise<object> {
  const seconds = quick ? 3 : 10;
  const rounds = quick ? 1 : 3;
  const settings = await stack();
  const pairs: { [name: string]: Pair } = {
    millrace: await startMillrace(settings),
    harness: await startHarness(settings),
  };
  const clients: { [name: string]: Client[] } = {};
  for (const [name, pair] of Object.entries(pairs)) {
    clients[name] = await connect(pair, sockets, perChannel);
    await load(pair, clients[name]!, 200, quick ? 3 : 30, `warm-${name}`);
  }
  const steps: object[] = [];
  for (const rate of quick ? [100] : [10, 100, 300, 600]) {
    const found: { [name: string]: Round[] } = { millrace: [], harness: [] };
    for (let round = 0; round < rounds; round++)
      for (const [name, pair] of Object.entries(pairs))
        found[name]!.push(await measure(pair, clients[name]!, rate, seconds, `${rate}-${round}`));
    const sums = Object.entries(found).map(([name, all]) => [name, summed(all)] as const);
    steps.push({ rate, ...Object.fromEntries(sums) });
    if (sums.every(([, { acknowledged_rate }]) => acknowledged_rate < 0.9 * rate)) break;
  }
  for (const [name, pair] of Object.entries(pairs)) {
    disconnect(clients[name]!);
    await pair.stop();
  }
  return { sockets, members_per_channel: perChannel, text_bytes: 200, seconds, rounds, steps };
}

interface Round {
  result: LoadResult;
  us: { [process: string]: number };
}

async function measure(pair: Pair, clients: Client[], rate: number, seconds: number, label: string): Promise<Round> {
  const before = cpuOf(pair.processes);
  const result = await load(pair, clients, rate, seconds, label);
  const after = cpuOf(pair.processes);
  const us = Object.keys(after).map((name) => [name, Math.round(((after[name]! - before[name]!) * 1e6) / result.sent)]);
  return { result, us: Object.fromEntries(us) as { [process: string]: number } };
}

function summed(rounds: Round[]) {
  const of = (pick: (round: Round) => number): number => median(rounds.map(pick));
  return {
    acknowledged_rate: of(({ result }) => result.acknowledged_rate),
    refused: of(({ result }) => result.refused),
    ack_ms: { p50: of(({ result }) => result.ack_ms.p50), p99: of(({ result }) => result.ack_ms.p99) },
    receive_ms: { p50: of(({ result }) => result.receive_ms.p50), p99: of(({ result }) => result.receive_ms.p99) },
    cpu_us_a_message: Object.fromEntries(Object.keys(rounds[0]!.us).map((name) => [name, of(({ us }) => us[name]!)])),
  };
}

async function startMillrace(settings: { [name: string]: string }): Promise<Pair> {
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
  return pairOf({ edge, worker }, async () => {
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });
}

async function startHarness(settings: { [name: string]: string }): Promise<Pair> {
  const start = (name: string) =>
    MeasuredProcess.start(process.execPath, ['--import', 'tsx', `${root}bench/harness/${name}.ts`], {
      ...settings,
      HARNESS_PREFIX: `harness-${process.pid}-`,
    });
  const worker = await start('worker');
  return pairOf({ worker, edge: await start('edge') });
}

function pairOf(processes: Pair['processes'], cleanUp: () => Promise<void> = async () => undefined): Pair {
  const { edge, worker } = processes;
  return {
    processes,
    url: edge.url,
    token: (user) => signToken(secret, { user_id: user, workspace_id: `bench-${process.pid}`, role: 'owner' }, 3600),
    cpu: () => edge.cpu() + worker.cpu(),
    stop: async () => {
      await Promise.all([edge.stop(), worker.stop()]);
      await cleanUp();
    },
  };
}

/** Seconds of CPU so far of our processes and of each engine's. */
function cpuOf(own: Pair['processes']): { [name: string]: number } {
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
