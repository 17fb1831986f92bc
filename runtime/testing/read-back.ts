import type { Codec } from '../../platform/schemas/codec.ts';
import type { DeadLetter } from '../../schemas/generated/types.ts';
import type { TableSpec } from '../processor.ts';
import { deadLetterTopic } from '../task/dead-letter.ts';
import type { Task } from '../task/task.ts';
import type { TopologyPlan } from '../topology/plan.ts';
import { writes } from './planned.ts';
import type { TornEngine } from './torn-engine.ts';

/** What a sink wrote: a record of a topic, as its readers decode it; or a row or document, which have a value only. */
export interface Emitted {
  value: unknown;
  schema?: string;
  key?: string;
  topic?: string;
  offset?: number;
}

/** A dead letter, with the record that it holds where that can be read. */
export interface SeenDeadLetter extends Omit<DeadLetter, 'value'> {
  value: unknown;
}

/** A source or table that has not taken all that lies on its topic. */
export interface Waiting {
  source: string;
  next: number;
  end: number;
}

/** Sinks that write the same schema to the same topic can't be told apart: each gets the records of both. */
export function readOutputs(plan: TopologyPlan, sink: string, engine: TornEngine, codec: Codec): Emitted[] {
  const node = plan.nodes.find(({ id }) => id === sink);
  if (node?.kind !== 'sink') throw new Error(`there is no sink "${sink}"`);
  const { target } = node;
  switch (target.kind) {
    case 'store':
      return engine.rows.map((value) => ({ value }));
    case 'search':
      return engine.documents.map((value) => ({ value }));
    case 'push':
      return (target.to === 'audience' ? engine.notices : engine.dues).map((value) => ({ value }));
    case 'topic':
      return engine.appended
        .filter((append) => writes(target, append))
        .map(({ topic, key, schema, value, offset }) => {
          return { topic, key, schema, offset, value: seen(codec, schema, value) };
        });
  }
}

/** The tables of a node's state; a table node has one, `rows`. */
export function tablesOf(plan: TopologyPlan, id: string): { readonly [table: string]: TableSpec } {
  const node = plan.nodes.find((other) => other.id === id);
  if (node?.kind === 'table') return { rows: { doc: 'The newest record of each key.' } };
  return (node?.kind === 'processor' && node.processor.tables) || {};
}

/** Newest rows of a table; of one that expires, those of the slices that are still read. */
export function readState(plan: TopologyPlan, id: string, table: string, engine: TornEngine): Map<string, unknown> {
  const spec = tablesOf(plan, id)[table];
  if (!spec) throw new Error(`there is no table "${table}" of a node "${id}"`);
  const state = engine.state.open(`${plan.name}/${id}`, 0);
  const slices = (state.get('_slices', table) as number[] | undefined) ?? [];
  const tables = spec.expires_ms === undefined ? [table] : slices.slice(-2).map((slice) => `${table}@${slice}`);
  return new Map(tables.flatMap((name) => state.keys(name, '', Infinity).map((key) => [key, state.get(name, key)])));
}

export function readDeadLetters(engine: TornEngine, codec: Codec): SeenDeadLetter[] {
  return engine.appended
    .filter(({ topic }) => topic === deadLetterTopic)
    .map(({ value }) => {
      const letter = value as DeadLetter;
      return { ...letter, value: readable(codec, letter.value) };
    });
}

/** A value as a reader has it, its fields in the schema's order. */
function seen(codec: Codec, schema: string, value: unknown): unknown {
  return codec.decode(codec.encode(schema as never, value as never)).value;
}

function readable(codec: Codec, bytes: Buffer): unknown {
  try {
    return codec.decode(bytes).value;
  } catch {
    // A record that no schema here reads is a dead letter for that very reason.
    return bytes;
  }
}

/** Sources and tables of a task that have not taken all that lies on their topics. */
export async function readWaiting(task: Task | undefined, engine: TornEngine): Promise<Waiting[]> {
  const found: Waiting[] = [];
  for (const { id, topic } of task?.intakes ?? []) {
    const next = task?.positions.get(id) ?? 0;
    const { end } = await engine.log.bounds(topic, 0);
    if (next < end) found.push({ source: id, next, end });
  }
  return found;
}
