import { messageOf } from '../../platform/errors/error.ts';
import { Durations } from './durations.ts';
import { Rate } from './rate.ts';

/** What is known of a node's work in this process. */
export interface NodeStatus {
  /** Taken since the start; a source: read. */
  records: number;
  /** Left the node since the start; a sink: were written. */
  gave: number;
  /** Taken per second, over the last ten seconds. */
  rate: number;
  gave_rate: number;
  /**
   * Of the last half to whole minute. A processor: its step over a batch; a sink with effects: an effect; a source: from a
   * batch being taken to its unit being committed. Null: nothing was timed.
   */
  p50_ms: number | null;
  p99_ms: number | null;
  /** Units of a source under way; of other nodes nothing waits between them. */
  in_flight: number;
  /** Records in a batch, on average over the last ten seconds; null: there were none. */
  batch: number | null;
  /** How many a batch of a source may hold; null for other nodes, which take what comes. */
  batch_size: number | null;
  retries: number;
  dead_letters: number;
  last_error: { at: number; message: string } | null;
}

/** Counts one node's work over all partitions. Bounded, and cheap: a few additions for each batch. */
export class NodeMeter {
  records = 0;
  gave = 0;
  in_flight = 0;
  retries = 0;
  dead_letters = 0;
  private readonly taken = new Rate();
  private readonly given = new Rate();
  private readonly batches = new Rate();
  private readonly durations = new Durations();
  private lastError: NodeStatus['last_error'] = null;

  constructor(private readonly now: () => number) {}

  passed(taken: number, gave: number, milliseconds: number): void {
    const now = this.now();
    this.records += taken;
    this.gave += gave;
    this.taken.add(taken, now);
    this.given.add(gave, now);
    // What holds nothing for this node, a cut for example, is no batch of it.
    if (taken > 0) this.batches.add(1, now);
    if (milliseconds > 0) this.durations.add(milliseconds, now);
  }

  took(milliseconds: number): void {
    this.durations.add(milliseconds, this.now());
  }

  failed(error: unknown): void {
    this.lastError = { at: this.now(), message: messageOf(error) };
  }

  /** Of its durations, in milliseconds. */
  quantile(share: number): number | null {
    return this.durations.quantile(share, this.now());
  }

  status(batch_size: number | null = null): NodeStatus {
    const now = this.now();
    const [rate, batches] = [this.taken.perSecond(now), this.batches.perSecond(now)];
    return {
      records: this.records,
      gave: this.gave,
      rate: rounded(rate),
      gave_rate: rounded(this.given.perSecond(now)),
      p50_ms: this.durations.quantile(0.5, now),
      p99_ms: this.durations.quantile(0.99, now),
      in_flight: this.in_flight,
      batch: batches === 0 ? null : rounded(rate / batches),
      batch_size,
      retries: this.retries,
      dead_letters: this.dead_letters,
      last_error: this.lastError,
    };
  }
}

function rounded(number: number): number {
  return Math.round(number * 10) / 10;
}
