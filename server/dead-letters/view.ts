import { MillraceError } from '../../platform/errors/error.ts';
import type { Log, LogRecord } from '../../platform/log/port.ts';
import { deadLetterTopic } from '../../runtime/task/dead-letter.ts';
import type { DeadLetter, DeadLetterOutcome } from '../../schemas/generated/types.ts';

export const outcomeTopic = 'dead_letter_outcomes';

/** Summaries kept in memory, of the newest letters. Older ones are read from the log again where they matter. */
const mostKept = 20_000;
const batchSize = 1000;
/** What the log says it holds is there within this, or the log is in trouble. On Kafka nothing is there at once. */
const patience_ms = 5000;

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

  constructor(
    private readonly log: Log,
    private readonly most = mostKept,
  ) {}

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
    let found: LogRecord | undefined;
    await this.read(deadLetterTopic, id, id + 1, (record) => (found = record));
    if (found?.offset !== id) return undefined;
    const { value, summary } = summaryOf(found);
    const kept = this.letters.get(id) ?? (await this.withOutcomes([summary]))[0]!;
    return { summary: kept, value: Buffer.from(value) };
  }

  /** Letters older than those that are kept: reads the log, as far as `wanted` says. */
  async older(wanted: (letter: LetterSummary) => boolean): Promise<LetterSummary[]> {
    const [oldest] = this.letters.keys();
    const { start } = await this.log.bounds(deadLetterTopic, 0);
    if (oldest === undefined || start >= oldest) return [];
    const found: LetterSummary[] = [];
    await this.read(deadLetterTopic, start, oldest, (record) => {
      const { summary } = summaryOf(record);
      if (wanted(summary)) found.push(summary);
    });
    return this.withOutcomes(found);
  }

  private async withOutcomes(letters: LetterSummary[]): Promise<LetterSummary[]> {
    const byId = new Map(letters.map((letter) => [letter.id, letter]));
    if (byId.size > 0) await this.read(outcomeTopic, 0, Number.POSITIVE_INFINITY, (record) => note(record, byId));
    return letters;
  }

  private async catchUp(): Promise<void> {
    const { letters, outcomes } = this.next;
    this.next.letters = await this.read(deadLetterTopic, letters, Number.POSITIVE_INFINITY, (record) => {
      this.letters.set(record.offset, summaryOf(record).summary);
      if (this.letters.size > this.most) this.letters.delete(this.letters.keys().next().value!);
    });
    const { start } = await this.log.bounds(deadLetterTopic, 0);
    for (const id of this.letters.keys()) {
      if (id >= start) break;
      this.letters.delete(id);
    }
    this.next.outcomes = await this.read(outcomeTopic, outcomes, Number.POSITIVE_INFINITY, (record) =>
      note(record, this.letters),
    );
  }

  /** Reads from an offset, or from what retention has left, to another or the end; the offset to go on from. */
  private async read(topic: string, from: number, to: number, take: (record: LogRecord) => void): Promise<number> {
    const bounds = await this.log.bounds(topic, 0);
    const { start } = bounds;
    const end = Math.min(bounds.end, to);
    let next = Math.max(from, start);
    if (next >= end) return next;
    const reader = this.log.reader(topic, 0, next);
    try {
      while (next < end) {
        const records = await reader.next(Math.min(batchSize, end - next), patience_ms);
        if (records.length === 0)
          throw new MillraceError('unavailable', `the log does not give what it holds of ${topic}: try again`);
        for (const record of records) take(record);
        next = records.at(-1)!.offset + 1;
      }
      return next;
    } finally {
      reader.close();
    }
  }
}

function note(record: LogRecord, letters: Map<number, LetterSummary>): void {
  const { letter, outcome, edited, at } = record.decoded().value as DeadLetterOutcome;
  const known = letters.get(letter);
  if (known) known.outcome = { outcome, edited, at };
}

function summaryOf(record: LogRecord): { summary: LetterSummary; value: Uint8Array } {
  const { value, ...rest } = record.decoded().value as DeadLetter;
  return { summary: { id: record.offset, at: record.time, ...rest, outcome: null }, value };
}
