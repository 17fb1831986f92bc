import { MillraceError } from '../errors/error.ts';
import type { Log } from '../log/port.ts';
import type { Tracing } from './port.ts';
import { nowOf, recordAppends } from './spans.ts';

/** A log whose appends have spans: the edge's, for a topology's appends are a part of its unit of work. */
export function tracedLog(log: Log, tracing: Tracing): Log {
  if (!tracing.on) return log;
  return {
    declare: (topics) => log.declare(topics),
    topic: (name) => log.topic(name),
    isVolatile: (topic) => log.isVolatile(topic),
    reader: (topic, partition, from, options) => log.reader(topic, partition, from, options),
    bounds: (topic, partition) => log.bounds(topic, partition),
    offsetAt: (topic, partition, time) => log.offsetAt(topic, partition, time),
    close: () => log.close(),
    append: async (records) => {
      const start = nowOf();
      try {
        const positions = await log.append(records);
        recordAppends(tracing, records, { start, end: nowOf() });
        return positions;
      } catch (error) {
        const code = error instanceof MillraceError ? error.code : 'internal';
        recordAppends(tracing, records, { start, end: nowOf(), error: code });
        throw error;
      }
    },
  };
}
