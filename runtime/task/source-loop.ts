import type { LogReader, LogRecord } from '../../platform/log/port.ts';
import type { Clock } from '../clock.ts';
import { Credits } from './credits.ts';
import type { Intake } from './intake.ts';
import type { Pauses } from './pauses.ts';

/** How often a batch that waits looks for more, at most: each look costs as much as a small record. */
const napsInBatch = 20;
const shortestNap_ms = 5;

/**
 * Reads an intake in batches for as long as there are permits; `handle` gets each batch in order and gives the permit back
 * once its unit is committed. An operator's hold keeps at most one batch waiting. Ends when the signal aborts, or `handle`
 * says that it has seen the end; rejects when reading or `handle` fails.
 */
export async function readIntake(
  intake: Intake,
  reader: LogReader,
  { clock, pauses }: { clock: Clock; pauses: Pauses },
  signal: AbortSignal,
  handle: (records: LogRecord[], done: () => void) => Promise<'more' | 'end'>,
): Promise<void> {
  const credits = new Credits(intake.in_flight);
  const stop = (): void => {
    credits.close();
    reader.close();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    while (!signal.aborted && (await credits.take())) {
      await pauses.passed(intake.leadsTo, signal);
      const records = await gatherBatch(reader, intake.batch, clock, signal);
      if (records.length === 0) return;
      await pauses.passed(intake.leadsTo, signal);
      if (signal.aborted) return;
      if ((await handle(records, () => credits.giveBack())) === 'end') return;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

/** Waits for a first record, then up to `within` for more, unless the batch is full before. */
async function gatherBatch(
  reader: LogReader,
  batch: Intake['batch'],
  clock: Clock,
  signal: AbortSignal,
): Promise<LogRecord[]> {
  const records = await reader.next(batch.size);
  if (batch.within_ms === 0 || records.length === 0) return records;
  const until = clock.now() + batch.within_ms;
  const nap_ms = Math.max(shortestNap_ms, batch.within_ms / napsInBatch);
  while (records.length < batch.size) {
    const left = until - clock.now();
    if (left <= 0) break;
    // Naps instead of a wake-up for each record: a batch is worth the wait that its topology allows it.
    if (!(await clock.sleep(Math.min(left, nap_ms), signal))) break;
    const more = await reader.next(batch.size - records.length, 0);
    records.push(...more);
  }
  return records;
}
