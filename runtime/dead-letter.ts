import { MillraceError, messageOf } from '../platform/errors/error.ts';
import type { Append, LogRecord } from '../platform/log/port.ts';

export const deadLetterTopic = 'dead_letters';

/** The dead letter of a source record that a node could not process, with the record's own bytes. */
export function deadLetter(
  where: { topology: string; node: string },
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
    },
  };
}
