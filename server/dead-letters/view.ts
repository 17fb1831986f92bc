import type { Log, LogRecord } from '../../platform/log/port.ts';
import { deadLetterTopic } from '../../runtime/dead-letter.ts';
import type { DeadLetter, DeadLetterOutcome } from '../../schemas/generated/types.ts';

export const outcomeTopic = 'dead_letter_outcomes';

/** Letters of which a summary is kept in memory, the newest; older ones can still be shown by their id. */
const most = 20_000;
const batchSize = 1000;

export interface Outcome {
  outcome: DeadLetterOutcome['outcome'];
  edited: boolean;
  at: number;
}

/** A dead letter without its value. */
export interface LetterSummary extends Omit<DeadLetter, 'value'> {
  /** Its offset in dead_letters. */
  id: number;
  /** When it was given up. */
  at: number;
  /** Null while nothing was done about it. */
  outcome: Outcome | null;
}

/**
 * What lies in dead_letters and what became of it, as far as the log was when it was asked last. It follows both topics
 * only when somebody asks, and keeps a bounded number of summaries.
 */
export class DeadLetterView {
  private readonly letters = new Map<number, LetterSummary>();
  private next = { letters: 0, outcomes: 0 };
  private reading: Promise<void> = Promise.resolve();

  constructor(private readonly log: Log) {}

  /** The kept letters, oldest first, up to what the log holds now. */
  async all(): Promise<LetterSummary[]> {
    this.reading = this.reading.catch(() => undefined).then(() => this.catchUp());
    await this.reading;
    return [...this.letters.values()];
  }

  /** A letter with its value; undefined where there is none, or no longer. */
  async letter(id: number): Promise<{ summary: LetterSummary; value: Buffer } | undefined> {
    await this.all();
    const { start, end } = await this.log.bounds(deadLetterTopic, 0);
    if (!Number.isSafeInteger(id) || id < start || id >= end) return undefined;
    const reader = this.log.reader(deadLetterTopic, 0, id);
    try {
      const [record] = await reader.next(1, 0);
      if (!record || record.offset !== id) return undefined;
      const { value, summary } = summaryOf(record);
      return { summary: this.letters.get(id) ?? summary, value: Buffer.from(value) };
    } finally {
      reader.close();
    }
  }

  private async catchUp(): Promise<void> {
    this.next.letters = await this.read(deadLetterTopic, this.next.letters, (record) => {
      this.letters.set(record.offset, summaryOf(record).summary);
      if (this.letters.size > most) this.letters.delete(this.letters.keys().next().value!);
    });
    const { start } = await this.log.bounds(deadLetterTopic, 0);
    for (const id of this.letters.keys()) {
      if (id >= start) break;
      this.letters.delete(id);
    }
    this.next.outcomes = await this.read(outcomeTopic, this.next.outcomes, (record) => {
      const { letter, outcome, edited, at } = record.decoded().value as DeadLetterOutcome;
      const known = this.letters.get(letter);
      if (known) known.outcome = { outcome, edited, at };
    });
  }

  /** Reads from an offset, or from what retention has left, to the end; the offset to go on from. */
  private async read(topic: string, from: number, take: (record: LogRecord) => void): Promise<number> {
    const { start, end } = await this.log.bounds(topic, 0);
    let next = Math.max(from, start);
    if (next >= end) return next;
    const reader = this.log.reader(topic, 0, next);
    try {
      while (next < end) {
        const records = await reader.next(batchSize, 0);
        if (records.length === 0) break;
        for (const record of records) take(record);
        next = records.at(-1)!.offset + 1;
      }
      return next;
    } finally {
      reader.close();
    }
  }
}

function summaryOf(record: LogRecord): { summary: LetterSummary; value: Uint8Array } {
  const { value, ...rest } = record.decoded().value as DeadLetter;
  return { summary: { id: record.offset, at: record.time, ...rest, outcome: null }, value };
}
