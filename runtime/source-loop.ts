import { setTimeout as sleep } from 'node:timers/promises';
import type { LogReader, LogRecord } from '../platform/log/port.ts';
import { Credits } from './credits.ts';
import type { SourcePlan } from './topology/plan.ts';

/**
 * Reads a source in batches for as long as there are permits; `handle` gets each batch in order and gives the permit back
 * once its unit is committed. Ends when the signal aborts; rejects when reading or `handle` fails.
 */
export async function readSource(
  source: SourcePlan,
  reader: LogReader,
  signal: AbortSignal,
  handle: (records: LogRecord[], done: () => void) => Promise<void>,
): Promise<void> {
  const credits = new Credits(source.in_flight);
  try {
    while (await credits.take(signal)) {
      const records = await gatherBatch(reader, source.batch, signal);
      if (records.length === 0) return;
      await handle(records, () => credits.giveBack());
    }
  } finally {
    reader.close();
  }
}

/** Waits for a first record, then up to `within` for more, unless the batch is full before. */
async function gatherBatch(reader: LogReader, batch: SourcePlan['batch'], signal: AbortSignal): Promise<LogRecord[]> {
  const records = await reader.next(batch.size, signal);
  if (batch.within_ms === 0 || records.length === 0) return records;
  // A pause, then what came meanwhile: simpler than filling by single records, and as good for batches.
  const until = Date.now() + batch.within_ms;
  while (records.length < batch.size && !signal.aborted) {
    const left = until - Date.now();
    if (left <= 0) break;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(left)]);
    records.push(...(await reader.next(batch.size - records.length, limit)));
    if (records.length < batch.size) await sleep(Math.min(5, Math.max(0, until - Date.now())));
  }
  return records;
}
