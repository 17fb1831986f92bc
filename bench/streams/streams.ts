import { median } from '../statistics.ts';
import { type BacklogSample, backlog } from './backlog.ts';
import { startBroker } from './broker.ts';
import { startContenders } from './contenders.ts';
import { channels, partitions } from './job.ts';
import { type LatencySample, latency } from './latency.ts';

/** Commands a second at which latency is measured. */
const rates = [200, 1000];

/**
 * The sequencer on the runtime, beside the same job in Kafka Streams and on Redpanda Connect's engine, on one broker: how fast a
 * backlog goes and what an event costs, and how long an event takes at a fixed rate. All in turn, round by round.
 */
export async function streams({ quick }: { quick: boolean }): Promise<object> {
  const [rounds, warm, commands, seconds] = quick ? [1, 10_000, 10_000, 1] : [3, 150_000, 40_000, 3];
  const broker = await startBroker();
  const { all, stop } = await startContenders(broker.brokers);
  const backlogs = new Map<string, BacklogSample[]>();
  const latencies = rates.map((rate) => ({ rate, samples: new Map<string, LatencySample[]>() }));
  let runs = 0;
  const named = (): string => `bench-${process.pid}-${++runs}`;
  try {
    for (let turn = 0; turn <= rounds; turn++)
      for (const contender of all) {
        // The first warms up: a JVM's compilers are not done before that many.
        const sample = await backlog(broker.brokers, named(), contender, turn === 0 ? warm : commands);
        if (turn > 0) add(backlogs, contender.name, sample);
      }
    for (let turn = 0; turn < rounds; turn++)
      for (const { rate, samples } of latencies)
        for (const contender of [undefined, ...all])
          add(
            samples,
            contender?.name ?? 'nothing between',
            await latency(broker.brokers, named(), contender, { rate, seconds }),
          );
  } finally {
    await stop();
    await broker.stop();
  }
  return {
    ...{ partitions, channels, text_bytes: 200, rounds },
    backlog: { commands, warmed_up_by: warm, contenders: summaries(backlogs) },
    latency: { seconds, rates: latencies.map(({ rate, samples }) => ({ rate, contenders: summaries(samples) })) },
  };
}

function add<Sample>(samples: Map<string, Sample[]>, name: string, sample: Sample): void {
  samples.set(name, [...(samples.get(name) ?? []), sample]);
}

/** Of each figure, the median, the least and the most. */
function summaries(samples: Map<string, (BacklogSample | LatencySample)[]>): object {
  return Object.fromEntries(
    [...samples].map(([name, all]) => {
      const figures = Object.keys(all[0]!).map((figure) => {
        const values = all.map((sample) => (sample as unknown as { [figure: string]: number | undefined })[figure]);
        const known = values.filter((value) => value !== undefined);
        return [figure, { median: median(known), least: Math.min(...known), most: Math.max(...known) }] as const;
      });
      return [name, Object.fromEntries(figures.filter(([, { least }]) => Number.isFinite(least)))];
    }),
  );
}
