import type { ErrorCode } from '../errors/catalogue.ts';
import { MillraceError } from '../errors/error.ts';

/** A call on its way to the worker. `expires`: milliseconds since 1970 after which nobody waits for it any more. */
export interface CallFrame {
  id: number;
  method: string;
  args: unknown[];
  expires: number;
}

/** What the worker says: that it is open (id 0), or how a call ended. */
export type ReplyFrame = { id: number; value: unknown } | { id: number; error: ErrorFrame };

/** An error in a form that a structured clone keeps whole: class and fields of our own errors would be lost. */
export interface ErrorFrame {
  code: ErrorCode | null;
  message: string;
  retryAfter: number | null;
  stack: string;
}

/** The id of the worker's first frame; calls count from 1. */
export const openId = 0;

export function errorFrame(error: unknown): ErrorFrame {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (error instanceof MillraceError) {
    // The cause stays in this thread, so its text goes into the stack, which is only for the log.
    const cause = error.options.cause;
    const causeText = cause instanceof Error ? `\n  caused by ${cause.stack ?? cause.message}` : '';
    const retryAfter = error.options.retryAfter ?? null;
    return { code: error.code, message: error.detail, retryAfter, stack: stack + causeText };
  }
  return { code: null, message: error instanceof Error ? error.message : String(error), retryAfter: null, stack };
}

/** A MillraceError again as the same code and detail, anything else as a plain error. */
export function thrownFrom(frame: ErrorFrame): Error {
  const error =
    frame.code === null
      ? new Error(frame.message)
      : new MillraceError(frame.code, frame.message, frame.retryAfter === null ? {} : { retryAfter: frame.retryAfter });
  error.stack = frame.stack;
  return error;
}
