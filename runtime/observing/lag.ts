import { MillraceError } from '../../platform/errors/error.ts';
import type { Log } from '../../platform/log/port.ts';

/** For how many seconds the record at an offset has lain there, untaken; 0 where retention has just removed it. */
export async function secondsBehind(
  log: Log,
  { topic, partition, next }: { topic: string; partition: number; next: number },
  now_ms: number,
): Promise<number> {
  const reader = log.reader(topic, partition, next);
  try {
    const [oldest] = await reader.next(1, 0);
    return oldest ? Math.max(0, (now_ms - oldest.time) / 1000) : 0;
  } catch (error) {
    if (error instanceof MillraceError && error.code === 'conflict') return 0;
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
