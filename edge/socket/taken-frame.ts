import type { Span } from '../../platform/tracing/port.ts';
import { callSpan, nowOf } from '../../platform/tracing/spans.ts';
import { clientFrames } from './frames.ts';
import type { Answer } from './handle-frame.ts';

/** A frame as a client sent it. */
export interface Taken {
  type: string;
  frame: { [field: string]: unknown };
}

/** Of a frame that was answered, or refused. */
export function frameSpan(trace_id: string, type: string, began: number, error: string | undefined): Span {
  // A type that is none may be anything, of any length.
  const known = Object.hasOwn(clientFrames, type) ? type : 'unknown';
  const times = { start: nowOf(began), end: nowOf(), ...(error === undefined ? {} : { error }) };
  return callSpan(trace_id, undefined, `socket ${known}`, { 'millrace.frame.type': known }, times);
}

/** An answer carries its request's id, where that had one. */
export function withId(answer: Answer, { id }: Taken['frame']): Answer {
  if (typeof id === 'string') answer['id'] = id;
  return answer;
}

/** Undefined for what is no JSON object. */
export function parseFrame(data: Buffer): { [field: string]: unknown } | undefined {
  try {
    const frame: unknown = JSON.parse(data.toString('utf8'));
    return typeof frame === 'object' && frame !== null && !Array.isArray(frame)
      ? (frame as { [field: string]: unknown })
      : undefined;
  } catch {
    return undefined;
  }
}
