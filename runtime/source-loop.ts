import type { LogReader, LogRecord } from '../platform/log/port.ts';
import type { Clock } from './clock.ts';
import { Credits } from './credits.ts';
import type { SourcePlan } from './topology/plan.ts';

/**
 * Reads a source in batches for as long as there are permits; `handle` gets each batch in order and gives the permit back
 * once its unit is committed. Ends when the signal aborts; rejects when reading or `handle` fails.
 */
export async function readSource(
  source: SourcePlan,
  reader: LogReader,
  clock: Clock,
  signal: AbortSignal,
  handle: (records: LogRecord[], done: () => void) => Promise<void>,
): Promise<void> {
  const credits = new Credits(source.in_flight);
  const stop = (): void => {
    credits.close();
    reader.close();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    while (!signal.aborted && (await credits.take())) {
      const records = await gatherBatch(reader, source.batch, clock, signal);
      if (records.length === 0) return;
      await handle(records, () => credits.giveBack());
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

/** Waits for a first record, then up to `within` for more, unless the batch is full before. */
async function gatherBatch(
  reader: LogReader,
  batch: SourcePlan['batch'],
  clock: Clock,
  signal: AbortSignal,
): Promise<LogRecord[]> {
  const records = await reader.next(batch.size);
  if (batch.within_ms === 0 || records.length === 0) return records;
  const until = clock.now() + batch.within_ms;
  while (records.length < batch.size) {
    const left = until - clock.now();
    if (left <= 0) break;
    // Small naps instead of a wake-up for each record: a batch is worth the wait that its topology allows it.
    if (!(await clock.sleep(Math.min(left, 5), signal))) break;
    const more = await reader.next(batch.size - records.length, 0);
    records.push(...more);
  }
  return records;
}
