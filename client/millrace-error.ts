import type { Problem } from './wire.ts';

/** Codes that a server answers, and those that the client itself gives when no answer came. */
export type ErrorCode =
  | 'invalid_request'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'too_large'
  | 'rate_limited'
  | 'unavailable'
  /** No answer: the connection failed. A write may or may not have happened. */
  | 'network'
  /** No answer within the deadline. A write may or may not have happened. */
  | 'timeout'
  /** The socket closed, or is not open. */
  | 'disconnected'
  /** A bounded queue of this client is full; nothing was sent. */
  | 'queue_full'
  /** The caller's AbortSignal fired. */
  | 'aborted'
  | (string & {});

/** Every failure that this package reports. */
export class MillraceError extends Error {
  override readonly name = 'MillraceError';
  /** The HTTP status; 0 when there was none (sockets, network failures). */
  readonly status: number;
  readonly code: ErrorCode;
  /** One sentence for a person. */
  readonly detail: string;
  /** Seconds to wait before another try, when the server said so. */
  readonly retryAfter: number | undefined;

  constructor(fields: { status?: number; code: ErrorCode; detail: string; retryAfter?: number | undefined }) {
    super(`${fields.code}: ${fields.detail}`);
    this.status = fields.status ?? 0;
    this.code = fields.code;
    this.detail = fields.detail;
    this.retryAfter = fields.retryAfter;
  }

  /** Whether the same call, with the same identity, may succeed later. */
  get retryable(): boolean {
    return RETRYABLE.has(this.code) || this.status >= 502;
  }
}

const RETRYABLE: ReadonlySet<string> = new Set(['unavailable', 'rate_limited', 'network', 'timeout', 'disconnected']);

const CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  413: 'too_large',
  429: 'rate_limited',
  503: 'unavailable',
};

/** Makes an error of an HTTP answer; `body` may be anything, for a proxy in between answers in its own words. */
export function errorFromResponse(status: number, body: unknown, retryAfter: number | undefined): MillraceError {
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Partial<Problem>;
  return new MillraceError({
    status,
    code: problem.code ?? CODES[status] ?? 'unexpected',
    detail: problem.detail ?? problem.title ?? `the server answered ${status}`,
    retryAfter,
  });
}
