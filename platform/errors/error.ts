import { catalogue, type ErrorCode } from './catalogue.ts';

/** An error of the catalogue. `detail` is shown to whoever asked: it names the field, the reason and the way out. */
export class MillraceError extends Error {
  override readonly name = 'MillraceError';

  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    /** `retryAfter`: seconds after which to try again. `cause`: kept for the log, never shown. */
    readonly options: { retryAfter?: number; cause?: unknown } = {},
  ) {
    super(`${code}: ${detail}`, options.cause === undefined ? undefined : { cause: options.cause });
  }

  get status(): number {
    return catalogue[this.code].status;
  }

  get exitCode(): number {
    return catalogue[this.code].exit;
  }
}

/** A short text for a log line or a report, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
