import { MillraceError, messageOf } from '../../platform/errors/error.ts';
import type { Append, LogRecord } from '../../platform/log/port.ts';
import type { Redrive } from '../../schemas/generated/types.ts';
import { redriveTopic } from './intake.ts';

export const deadLetterTopic = 'dead_letters';

/**
 * The dead letter of a source record that a node could not process, with the record's own bytes. One that had come back
 * (a Redrive) is what it was at first.
 */
export function deadLetter(
  where: { topology: string; node: string; source: string },
  record: LogRecord,
  failure: { error: unknown; attempts: number },
): Append {
  const { topology, node, source } = where;
  const redrive = redriveOf(record);
  const at = redrive ?? { ...positionOf(record), source, value: record.bytes() };
  return {
    topic: deadLetterTopic,
    key: at.key,
    schema: 'DeadLetter',
    value: {
      topology,
      node,
      source: at.source,
      topic: at.topic,
      partition: at.partition,
      offset: at.offset,
      key: at.key,
      value: at.value,
      time: at.time,
      attempts: failure.attempts,
      code: failure.error instanceof MillraceError ? failure.error.code : 'internal',
      cause: messageOf(failure.error),
      trace_id: traceOf(record),
    },
  };
}

function positionOf({ topic, partition, offset, key, time }: LogRecord) {
  return { topic, partition, offset, key, time };
}

function redriveOf(record: LogRecord): Redrive | undefined {
  if (record.topic !== redriveTopic) return undefined;
  return record.decoded().value as Redrive;
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
