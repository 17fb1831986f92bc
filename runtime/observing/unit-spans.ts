import type { LogRecord } from '../../platform/log/port.ts';
import { spanOf, type Traced } from '../../platform/tracing/context.ts';
import type { Tracing } from '../../platform/tracing/port.ts';
import { appendSpan, nowOf, processSpan, sampledIn } from '../../platform/tracing/spans.ts';
import type { WorkUnit } from '../task/work-unit.ts';

interface Committed {
  topology: string;
  partition: number;
  unit: WorkUnit;
  records: LogRecord[];
  /** When its commit was called. */
  called: number;
}

/**
 * Spans of a unit of work that is committed: one for each sampled record, from its batch being read to the commit, and below
 * it one for each record that it led to, for as long as the commit took. Where nothing is sampled nothing is made.
 */
export function traceUnit(tracing: Tracing, { topology, partition, unit, records, called }: Committed): void {
  const end = nowOf();
  for (const record of records) {
    const traced = sampled(tracing, record);
    if (!traced) continue;
    const attributes = {
      'messaging.destination.partition.id': String(partition),
      'messaging.kafka.offset': record.offset,
      'millrace.topology': topology,
    };
    const what = { topic: record.topic, stage: topology, name: `process ${record.topic}`, attributes };
    tracing.record(processSpan(tracing, traced, what, { start: nowOf(unit.began), end }));
  }
  for (const { topic, value } of unit.appends) {
    const traced = sampledIn(tracing, value);
    if (traced)
      tracing.record(appendSpan(tracing, traced, topic, spanOf(traced, topology), { start: nowOf(called), end }));
  }
}

function sampled(tracing: Tracing, record: LogRecord): Traced | undefined {
  try {
    return sampledIn(tracing, record.decoded().value);
  } catch {
    // One that no schema here can read has been given up by now, and says so elsewhere.
    return undefined;
  }
}
