import type { Append } from '../log/port.ts';
import { callSpanOf, spanOf, type Traced, tracedIn, traceIdOf } from './context.ts';
import type { Span, Tracing } from './port.ts';

export interface Times {
  start: number;
  end: number;
  error?: string;
}

/** Milliseconds since 1970, with a fraction, and never back within a process. */
export const nowOf = (monotonic = performance.now()): number => performance.timeOrigin + monotonic;

/** The trace of a value, where that is sampled. */
export function sampledIn(tracing: Tracing, value: object): Traced | undefined {
  const traced = tracing.on ? tracedIn(value) : undefined;
  return traced && tracing.samples(traced.trace_id) ? traced : undefined;
}

/** Of a call, which has no name of its own beside its route or frame. */
export function callSpan(
  carried: string,
  parentSpanId: string | undefined,
  name: string,
  attributes: Span['attributes'],
  times: Times,
): Span {
  const ids = { traceId: traceIdOf(carried), spanId: callSpanOf(carried), parentSpanId };
  return { ...ids, name, kind: 'server', attributes: { ...attributes, ...errorOf(times) }, ...times };
}

/** Of a record's way onto the log. `by`: the span that it follows from. */
export function appendSpan(tracing: Tracing, traced: Traced, topic: string, by: string, times: Times): Span {
  const attributes = { ...messaging(tracing, topic, 'send'), ...errorOf(times) };
  const ids = { traceId: traceIdOf(traced.trace_id), spanId: spanOf(traced, topic), parentSpanId: by };
  return { ...ids, name: `send ${topic}`, kind: 'producer', attributes, ...times };
}

/** Of what is done with a record of a topic by `stage`: a topology, or a gateway. */
export function processSpan(
  tracing: Tracing,
  traced: Traced,
  { topic, stage, name, ...rest }: { topic: string; stage: string; name: string; attributes: Span['attributes'] },
  times: Times,
): Span {
  const attributes = { ...messaging(tracing, topic, 'process'), ...rest.attributes, ...errorOf(times) };
  const ids = {
    traceId: traceIdOf(traced.trace_id),
    spanId: spanOf(traced, stage),
    parentSpanId: spanOf(traced, topic),
  };
  return { ...ids, name, kind: 'consumer', attributes, ...times };
}

/** Of a record's way from a gateway's topic to the sockets here. */
export function publishSpan(tracing: Tracing, traced: Traced, slot: string | undefined, began: number): Span {
  const topic = `gateway_${slot ?? ''}`;
  const what = { topic, stage: `${topic}/sockets`, name: 'publish to sockets', attributes: {} };
  return processSpan(tracing, traced, what, { start: nowOf(began), end: nowOf() });
}

/** Records the appends of an edge: what they follow from is the call. */
export function recordAppends(tracing: Tracing, records: Append[], times: Times): void {
  for (const { topic, value } of records) {
    const traced = sampledIn(tracing, value);
    if (traced) tracing.record(appendSpan(tracing, traced, topic, callSpanOf(traced.trace_id), times));
  }
}

/** OpenTelemetry's semantic conventions for messaging. */
function messaging({ messaging: { system, prefix } }: Tracing, topic: string, type: string): Span['attributes'] {
  return {
    'messaging.system': system,
    'messaging.destination.name': prefix + topic,
    'messaging.operation.type': type,
    'messaging.operation.name': type,
  };
}

function errorOf({ error }: Times): Span['attributes'] {
  return error === undefined ? {} : { 'error.type': error };
}
