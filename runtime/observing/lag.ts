import { MillraceError } from '../../platform/errors/error.ts';
import type { Log } from '../../platform/log/port.ts';

/** How long the oldest record may take to come: on Kafka a reader waits for its turn first. All partitions are asked at once. */
const wait_ms = 1000;
/** What did not come is not asked for again before this. */
const again_ms = 1000;
/** Records whose times are remembered: more than there are partitions and consumers. */
const remembered = 5000;

/** When the record at a place was appended: that never changes, so who stands still is not asked for twice. */
interface Known {
  asked: number;
  time: Promise<number | undefined>;
}

const times = new WeakMap<Log, Map<string, Known>>();

/**
 * For how many seconds the record at an offset has lain there, untaken; 0 where retention has just removed it, or it does
 * not come in a second.
 */
export async function secondsBehind(
  log: Log,
  place: { topic: string; partition: number; next: number },
  now_ms: number,
): Promise<number> {
  const known = knownOf(log);
  const key = `${place.topic}/${place.partition}/${place.next}`;
  let entry = known.get(key);
  if (!entry) {
    entry = { asked: now_ms, time: timeOf(log, place) };
    known.set(key, entry);
    if (known.size > remembered) known.delete(known.keys().next().value!);
    entry.time.catch(() => known.delete(key));
  }
  const time = await entry.time;
  if (time !== undefined) return Math.max(0, (now_ms - time) / 1000);
  if (now_ms - entry.asked >= again_ms) known.delete(key);
  return 0;
}

function knownOf(log: Log): Map<string, Known> {
  let known = times.get(log);
  if (!known) {
    known = new Map();
    times.set(log, known);
  }
  return known;
}

async function timeOf(
  log: Log,
  { topic, partition, next }: { topic: string; partition: number; next: number },
): Promise<number | undefined> {
  const reader = log.reader(topic, partition, next);
  try {
    const [oldest] = await reader.next(1, wait_ms);
    return oldest?.time;
  } catch (error) {
    if (error instanceof MillraceError && error.code === 'conflict') return undefined;
    throw error;
  } finally {
    reader.close();
  }
}

/** How far a source is behind, over all partitions. */
export interface Lag {
  topology: string;
  source: string;
  topic: string;
  /** Records not taken. */
  lag: number;
  /** Age of the oldest of them in seconds. */
  lag_s: number;
}

/** One entry for each source, in the order of the files. */
export function sourceLags(
  topologies: { topology: string; sources: { source: string; topic: string; lag: number; lag_s: number }[] }[],
): Lag[] {
  const lags = new Map<string, Lag>();
  for (const { topology, sources } of topologies) {
    for (const { source, topic, lag, lag_s } of sources) {
      const known = lags.get(`${topology}/${source}`);
      if (!known) lags.set(`${topology}/${source}`, { topology, source, topic, lag, lag_s });
      else {
        known.lag += lag;
        known.lag_s = Math.max(known.lag_s, lag_s);
      }
    }
  }
  return [...lags.values()];
}
