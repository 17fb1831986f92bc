import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../platform/errors/error.ts';
import type { Tapped, Taps } from '../../runtime/observing/taps.ts';
import { compileWhere } from './where.ts';

/** Records that wait for a listener; what comes on top of them is dropped and counted. */
const bufferSize = 5000;
/** A tap works this long, then rests this long: it takes at most a sixth of the thread, however much passes. */
const work_ms = 2;
const rest_ms = 10;

export interface TapOptions {
  topology: string;
  node: string;
  /** Only what leaves by this output. */
  output?: string | undefined;
  /** A CEL expression; see compileWhere. */
  where?: string | undefined;
  /** Which share of the records is looked at, 0 to 1. */
  sample: number;
  /** Ends after so many records. */
  limit: number;
}

export type TapLine =
  | { listening: string }
  | {
      schema: string;
      key: string;
      time: number;
      partition: number;
      offset: number;
      output: string | null;
      value: unknown;
    }
  /** What was not shown, since the start: what came too fast, and what the expression failed on, with the last reason. */
  | { dropped: number; failed: number; reason: string | null };

/**
 * The records that leave a node from now on, as they leave it, until the signal aborts. The pipeline is never held up: it
 * only leaves references in a buffer, which is looked through beside it. Error: `invalid_request` for `where`.
 */
export function tap(taps: Taps, options: TapOptions, signal: AbortSignal): AsyncGenerator<TapLine> {
  const fits = options.where === undefined ? undefined : compileWhere(options.where);
  return listen(taps, options, fits, signal);
}

async function* listen(
  taps: Taps,
  options: TapOptions,
  fits: ((record: Tapped) => boolean) | undefined,
  signal: AbortSignal,
): AsyncGenerator<TapLine> {
  const buffer = new TapBuffer(options);
  const stop = taps.listen(options.topology, options.node, (gave) => buffer.add(gave));
  const wake = (): void => buffer.wake();
  signal.addEventListener('abort', wake);
  const missed = { dropped: 0, failed: 0, reason: null as string | null };
  let left = options.limit;
  try {
    yield { listening: `${options.topology}/${options.node}` };
    while (!signal.aborted && left > 0) {
      const began = performance.now();
      let { failed } = missed;
      for (let record = buffer.take(); record && left > 0; record = buffer.take()) {
        try {
          if (!fits || fits(record)) {
            yield lineOf(record);
            left--;
          }
        } catch (error) {
          missed.reason = messageOf(error).split('\n', 1)[0]!;
          failed++;
        }
        if (performance.now() - began > work_ms) break;
      }
      if (failed > missed.failed || buffer.dropped > missed.dropped) {
        Object.assign(missed, { failed, dropped: buffer.dropped });
        yield { ...missed };
      }
      if (left === 0) break;
      if (buffer.empty && !signal.aborted) await buffer.filled();
      await sleep(rest_ms);
    }
  } finally {
    stop();
    signal.removeEventListener('abort', wake);
  }
}

class TapBuffer {
  dropped = 0;
  private records: Tapped[] = [];
  private next = 0;
  private share = 0;
  private waiting: (() => void) | undefined;

  constructor(private readonly options: Pick<TapOptions, 'output' | 'sample'>) {}

  get empty(): boolean {
    return this.next >= this.records.length;
  }

  add(gave: readonly Tapped[]): void {
    const { output, sample } = this.options;
    for (const record of gave) {
      if (output !== undefined && record.to !== output) continue;
      this.share += sample;
      if (this.share < 1) continue;
      this.share--;
      if (this.records.length - this.next >= bufferSize) this.dropped++;
      else this.records.push(record);
    }
    if (!this.empty) this.wake();
  }

  take(): Tapped | undefined {
    const record = this.records[this.next++];
    if (this.next >= this.records.length || this.next > bufferSize) {
      this.records = this.records.slice(this.next);
      this.next = 0;
    }
    return record;
  }

  /** Resolves once there is something, or at `wake`. */
  filled(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting = resolve;
    });
  }

  wake(): void {
    this.waiting?.();
    this.waiting = undefined;
  }
}

function lineOf({ schema, key, time, partition, offset, to, value }: Tapped): TapLine {
  return { schema, key, time, partition, offset, output: to ?? null, value };
}
