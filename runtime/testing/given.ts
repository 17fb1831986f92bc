import type { Append } from '../../platform/log/port.ts';
import type { SchemaName } from '../../platform/schemas/codec.ts';
import { keyOf } from '../key-of.ts';
import type { Plans } from '../topology/plan.ts';

/** A record for a topic. */
export interface Given {
  topic: string;
  schema: SchemaName;
  value: unknown;
  /** Default: by the key that topics.yaml names for the topic. */
  key?: string;
}

export function appendOf({ topic, schema, value, key }: Given, plans: Plans): Append {
  const name = plans.topics[topic]?.key;
  return { topic, schema, value, key: key ?? (name ? keyOf(name, value) : '') } as Append;
}

/** Records in runs of one topic each. */
export function byTopic<Record extends Given>(records: Record[]): Record[][] {
  const runs: Record[][] = [];
  for (const record of records) {
    const last = runs.at(-1);
    if (last && last[0]!.topic === record.topic) last.push(record);
    else runs.push([record]);
  }
  return runs;
}
