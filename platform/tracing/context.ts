import { createHash, randomBytes, randomFillSync } from 'node:crypto';

/** What of a record says to which trace it belongs. */
export interface Traced {
  /**
   * 32 hexadecimal digits, where the edge began the trace. Where the caller had begun it: those, the span of the call and the
   * caller's flags, as traceparent has them. Empty: no trace.
   */
  trace_id: string;
  /** Tells commands of one call apart. */
  reply_to: { request: number } | null;
}

/** A call as its trace has it. */
export interface CallTrace {
  traceId: string;
  /** What its records carry. */
  carried: string;
  parentSpanId: string | undefined;
}

const parent = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/;
const bare = 32;
const flagsAt = 50;

/** The trace of a call: the caller's, where a W3C traceparent header names one, else a new one. */
export function traceOfCall(traceparent: string | undefined, on: boolean): CallTrace {
  const found = traceparent === undefined ? null : parent.exec(traceparent);
  if (on && found) {
    const [, traceId, parentSpanId, flags] = found as unknown as [string, string, string, string];
    // A caller may make several calls under one span of its own: each has a span that its records name.
    return { traceId, carried: `${traceId}-${randomBytes(8).toString('hex')}-${flags}`, parentSpanId };
  }
  const given = traceparent === undefined ? undefined : /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(traceparent)?.[1];
  const traceId = given ?? newTraceId();
  return { traceId, carried: traceId, parentSpanId: undefined };
}

const random = Buffer.alloc(4096);
let unused = 0;

/** Random bytes are asked for by the page, for each message has a trace. */
export function newTraceId(): string {
  if (unused === 0) randomFillSync(random);
  const id = random.toString('hex', unused, unused + bare / 2);
  unused = (unused + bare / 2) % random.length;
  return id;
}

/** What a trace's caller has decided; undefined where the trace is our own, so that its id decides. */
export function decidedBefore(carried: string): boolean | undefined {
  if (carried.length === bare) return undefined;
  return carried.length > flagsAt && (Number.parseInt(carried.slice(flagsAt), 16) & 1) === 1;
}

export const traceIdOf = (carried: string): string => carried.slice(0, bare);

/** The span of the call from which a record follows, as any process can tell. */
export function callSpanOf(carried: string): string {
  return carried.length === bare ? derived(carried, 'call') : carried.slice(bare + 1, bare + 17);
}

/** The span of an append to a topic, or of what a topology does: the same for whoever asks. */
export function spanOf({ trace_id, reply_to }: Traced, stage: string): string {
  return derived(`${trace_id}/${reply_to?.request ?? ''}`, stage);
}

/** W3C traceparent for a record of a topic. */
export function traceparentOf(traced: Traced, topic: string): string {
  return `00-${traceIdOf(traced.trace_id)}-${spanOf(traced, topic)}-01`;
}

/** The value of a record as something traced; undefined where it carries no trace. */
export function tracedIn(value: object): Traced | undefined {
  const { trace_id, reply_to } = value as Partial<Traced>;
  return typeof trace_id === 'string' && trace_id !== '' ? { trace_id, reply_to: reply_to ?? null } : undefined;
}

function derived(seed: string, stage: string): string {
  return createHash('sha256').update(`${seed}/${stage}`).digest('hex').slice(0, 16);
}
