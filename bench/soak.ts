import { setTimeout as sleep } from 'node:timers/promises';
import { connect, disconnect, load, open } from './load.ts';
import { type BenchProcess, startMillrace } from './servers.ts';
import { median, round } from './statistics.ts';

const sockets = 200;
const perChannel = 10;
const rate = 200;

const watched = {
  rss_mib: 'process_resident_memory_bytes',
  heap_mib: 'nodejs_heap_size_used_bytes',
  external_mib: 'nodejs_external_memory_bytes',
} as const;
type Sample = { [name in keyof typeof watched]: number } & { minute: number; ack_p50_ms: number; ack_p99_ms: number };

/** Half an hour of messages, with sockets that come and go: whether memory stays where it is. Embedded. */
export async function soak({ quick }: { quick: boolean }): Promise<object> {
  const minutes = quick ? 2 : 30;
  const seconds = quick ? 10 : 60;
  const millrace = await startMillrace();
  const staying = await connect(millrace, sockets, perChannel);
  const samples: Sample[] = [];
  let sent = 0;
  let acknowledged = 0;
  for (let minute = 1; minute <= minutes; minute++) {
    const result = await load(millrace, staying, rate, seconds, `m${minute}`);
    sent += result.sent;
    acknowledged += result.acknowledged;
    // Everyone has a second socket for a moment.
    const passing = await Promise.all(staying.map(({ user, channel }) => open(millrace, user, channel)));
    disconnect(passing);
    await sleep(500);
    samples.push({
      minute,
      ...(await memoryOf(millrace)),
      ack_p50_ms: result.ack_ms.p50,
      ack_p99_ms: result.ack_ms.p99,
    });
  }
  disconnect(staying);
  await millrace.stop();
  const third = Math.floor(samples.length / 3);
  const growth = Object.fromEntries(
    (Object.keys(watched) as (keyof typeof watched)[]).map((name) => {
      const of = (part: Sample[]): number => median(part.map((sample) => sample[name]));
      return [name, { middle_third: of(samples.slice(third, 2 * third)), last_third: of(samples.slice(2 * third)) }];
    }),
  );
  return { rate, sockets, passing_sockets_a_minute: sockets, text_bytes: 200, sent, acknowledged, growth, samples };
}

async function memoryOf({ url }: BenchProcess): Promise<{ [name in keyof typeof watched]: number }> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const of = (metric: string): number => {
    const found = new RegExp(`^${metric}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text);
    if (!found) throw new Error(`/metrics has no ${metric}`);
    return round(Number(found[1]) / 2 ** 20);
  };
  return { rss_mib: of(watched.rss_mib), heap_mib: of(watched.heap_mib), external_mib: of(watched.external_mib) };
}
