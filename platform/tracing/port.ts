export type SpanKind = 'server' | 'producer' | 'consumer';

/** A piece of work that is over. Nothing private in `attributes`: no text, no name, no token. */
export interface Span {
  /** 32 hexadecimal digits. */
  traceId: string;
  /** 16 hexadecimal digits. */
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  kind: SpanKind;
  /** Milliseconds since 1970, with a fraction. */
  start: number;
  end: number;
  attributes: { [name: string]: string | number };
  /** Why it failed, in a word of the catalogue of errors. */
  error?: string;
}

/**
 * Where spans go. Most traces are not sampled, and all that they cost is to ask `samples`.
 *
 * - What a record's value carries as `trace_id` decides alone, so that every process decides the same (decision 11).
 * - `record` never waits and never fails; what does not fit its queue is dropped and counted.
 */
export interface Tracing {
  /** False: nothing is sampled, and nobody needs to carry more than a trace id. */
  readonly on: boolean;
  samples(traceId: string): boolean;
  record(span: Span): void;
  /** What topics are called by foreign tools: semantic conventions want the real names. */
  readonly messaging: { system: string; prefix: string };
  /** Spans that were sent, and those that were not: the queue was full, or the collector did not take them. */
  counts(): { sent: number; dropped: number };
  /** Sends what is queued, for at most so long. */
  stop(deadline_ms: number): Promise<void>;
}

export const noTracing: Tracing = {
  on: false,
  samples: () => false,
  record: () => undefined,
  messaging: { system: 'millrace', prefix: '' },
  counts: () => ({ sent: 0, dropped: 0 }),
  stop: async () => undefined,
};
