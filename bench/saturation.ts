import { type Client, connect, disconnect, type LoadResult, load } from './load.ts';
import { type BenchServer, startMillrace } from './servers.ts';
import { median, percentile, round } from './statistics.ts';

const sockets = 100;
const perChannel = 2;
/** Saturated: fewer than this part of what was asked for is acknowledged in time. */
const held = 0.97;
/** Of the highest rate held; the last is more than is taken. */
const parts = [0.1, 0.5, 0.9, 1.5];

/**
 * The highest rate of durable messages that is held, by steps of a fifth until one isn't; then latencies at parts of that
 * rate, and beyond it. Channels of two, so that deliveries don't hide the pipeline.
 */
export async function saturation({ quick }: { quick: boolean }): Promise<object> {
  const seconds = quick ? 2 : 5;
  const millrace = await startMillrace();
  const clients = await connect(millrace, sockets, perChannel);
  await load(millrace, clients, 1000, 3, 'warm');
  const steps: LoadResult[] = [];
  for (let rate = 2000; rate <= 40_000; rate = Math.round(rate * 1.2)) {
    const step = await load(millrace, clients, rate, seconds, `s${rate}`);
    steps.push(step);
    if (step.acknowledged_rate < rate * held) break;
  }
  const best = steps.filter((step) => step.acknowledged_rate >= step.rate * held).at(-1)?.rate ?? 0;
  const latencies = await latenciesAt(
    millrace,
    clients,
    best,
    quick ? { rounds: 1, seconds: 2 } : { rounds: 3, seconds: 8 },
  );
  disconnect(clients);
  await millrace.stop();
  return { sockets, members_per_channel: perChannel, text_bytes: 200, seconds, held_rate: best, steps, latencies };
}

async function latenciesAt(
  server: BenchServer,
  clients: Client[],
  best: number,
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<object[]> {
  const found: { part: number; result: LoadResult }[] = [];
  for (let i = 0; i < rounds; i++)
    for (const part of parts)
      found.push({ part, result: await load(server, clients, Math.round(best * part), seconds, `p${part}-${i}`) });
  return parts.map((part) => {
    const results = found.filter((one) => one.part === part).map(({ result }) => result);
    const of = (pick: (result: LoadResult) => number) => {
      const values = results.map(pick);
      return { median: median(values), least: percentile(values, 0), most: percentile(values, 100) };
    };
    return {
      part,
      rate: Math.round(best * part),
      refused_share: round(median(results.map(({ refused, sent }) => refused / sent))),
      ack_p50_ms: of((result) => result.ack_ms.p50),
      ack_p99_ms: of((result) => result.ack_ms.p99),
      receive_p50_ms: of((result) => result.receive_ms.p50),
      receive_p99_ms: of((result) => result.receive_ms.p99),
      cpu_us_per_message: of((result) => result.cpu_us_per_message),
    };
  });
}
