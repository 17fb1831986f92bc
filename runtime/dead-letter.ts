import { MillraceError, messageOf } from '../platform/errors/error.ts';
import type { Append, LogRecord } from '../platform/log/port.ts';

export const deadLetterTopic = 'dead_letters';

/** The dead letter of a source record that a node could not process, with the record's own bytes. */
export function deadLetter(
  where: { topology: string; node: string; source: string },
  record: LogRecord,
  failure: { error: unknown; attempts: number },
): Append {
  return {
    topic: deadLetterTopic,
    key: record.key,
    schema: 'DeadLetter',
    value: {
      ...where,
      topic: record.topic,
      partition: record.partition,
      offset: record.offset,
      key: record.key,
      value: record.bytes(),
      time: record.time,
      attempts: failure.attempts,
      code: failure.error instanceof MillraceError ? failure.error.code : 'internal',
      cause: messageOf(failure.error),
      trace_id: traceOf(record),
    },
  };
}

/** The trace id in a record's value; empty where there is none, or where no schema here can read it. */
function traceOf(record: LogRecord): string {
  try {
    const { trace_id } = record.decoded().value as { trace_id?: unknown };
    return typeof trace_id === 'string' ? trace_id : '';
  } catch {
    // Unreadable: that is why it is a dead letter, and `cause` says so.
    return '';
  }
}
