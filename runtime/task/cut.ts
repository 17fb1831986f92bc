import type { Append, LogRecord } from '../../platform/log/port.ts';
import type { Cut } from '../../schemas/generated/types.ts';

/** A cut of one topology, for one partition of one of its source topics. */
export function cutRecord(topology: string, deployment: number, topic: string, partition: number): Append {
  return { topic, partition, key: `\0cut/${topology}`, schema: 'Cut', value: { topology, deployment } };
}

/** The first record at which a later deployment takes over; -1 where there is none. */
export function findCut(records: LogRecord[], topology: string, isLater: (deployment: number) => boolean): number {
  return records.findIndex((record) => {
    if (!isReadable(record)) return false;
    const { schema, value } = record.decoded();
    return schema === 'Cut' && (value as Cut).topology === topology && isLater((value as Cut).deployment);
  });
}

/** Whether a schema here can read a record. */
export function isReadable(record: LogRecord): boolean {
  try {
    record.decoded();
    return true;
  } catch {
    // The cause is found again, and kept, when the record is processed.
    return false;
  }
}
