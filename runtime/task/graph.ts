import { filter, map, merge, type Observable, Subject, share } from 'rxjs';
import type { Append } from '../../platform/log/port.ts';
import { keyOf } from '../key-of.ts';
import type { Input, Output } from '../processor.ts';
import type { Edge, Join, ProcessorPlan, SinkPlan, TopologyPlan } from '../topology/plan.ts';
import type { StateView } from './state-view.ts';
import type { Effect, WorkUnit } from './work-unit.ts';

/** A batch on its way. Rx carries batches, not records, so that its cost is paid once for hundreds. */
export interface Batch {
  unit: WorkUnit;
  records: Routed[];
}

/** A record with the output by which it left its node; a source has one without a name. */
type Routed = Input & { to?: string };

export interface Graph {
  /** Sends a batch from a source through the graph. It has passed all nodes when this returns. */
  push(source: string, batch: Batch): void;
  close(): void;
}

/** Told of each batch that passes a node: how many records it took, what it gave (a sink: what it wrote), in what time. */
export type Observe = (node: string, taken: number, gave: readonly Input[], milliseconds: number) => void;

/**
 * The RxJS graph of a topology in one partition: sources are subjects, processors are operators, sinks gather into the
 * batch's unit of work. Steps are synchronous and pure, so a batch passes in one go; what waits (commits, effects) is
 * the task's. A step's error marks the unit instead of ending the stream.
 */
export function buildGraph(plan: TopologyPlan, views: Map<string, StateView>, observe: Observe): Graph {
  const sources = new Map<string, Subject<Batch>>();
  const streams = new Map<string, Observable<Batch>>();
  const inputOf = (edges: Edge[]): Observable<Batch> =>
    merge(
      ...edges.map(({ node, output }) => {
        const stream = streams.get(node)!;
        if (output === undefined) return stream;
        return stream.pipe(
          map(({ unit, records }) => ({ unit, records: records.filter((record) => record.to === output) })),
          filter(({ records }) => records.length > 0),
        );
      }),
    );

  for (const node of plan.nodes) {
    if (node.kind === 'table') continue;
    if (node.kind === 'source') {
      const subject = new Subject<Batch>();
      sources.set(node.id, subject);
      streams.set(node.id, subject);
    } else if (node.kind === 'processor') {
      streams.set(node.id, inputOf(node.from).pipe(map(step(node, views, observe)), share()));
    } else {
      inputOf(node.from).subscribe(gather(node, observe));
    }
  }
  return {
    push: (source, batch) => sources.get(source)!.next(batch),
    close: () => {
      for (const subject of sources.values()) subject.complete();
    },
  };
}

function step(node: ProcessorPlan, views: Map<string, StateView>, observe: Observe) {
  const run = node.processor.create(node.options);
  const view = views.get(node.id);
  const state = view ?? stateless;
  const joined = node.joins.length > 0 ? joiner(node.joins, views) : undefined;
  return ({ unit, records }: Batch): Batch => {
    const out: Routed[] = [];
    if (unit.failure) return { unit, records: out };
    const began = performance.now();
    try {
      for (const record of records) {
        view?.at(record.time);
        const input = joined ? joined(record) : record;
        for (const output of run(state, input)) out.push(routed(output, record));
      }
      observe(node.id, records.length, out, performance.now() - began);
    } catch (error) {
      unit.failure = { node: node.id, error };
    }
    return { unit, records: out };
  };
}

/** Adds the rows of a node's joins to a record, as the tables are when it passes. */
function joiner(joins: Join[], views: Map<string, StateView>): (record: Routed) => Routed {
  const found = joins.map(({ name, table, by }) => ({ name, by, view: views.get(table)! }));
  return (record) => {
    const joined: { [name: string]: unknown } = {};
    const { value, key, time, schema } = record;
    for (const { name, by, view } of found) {
      const row = by ? String(by({ value, key, time, schema, joined: {} })) : key;
      joined[name] = view.get('rows', row) ?? null;
    }
    return { ...record, joined };
  };
}

/** Written out: a spread here costs more than many steps do. */
function routed({ schema, value, to, key }: Output, { time, offset, partition }: Input): Routed {
  return { schema, value, key, time, offset, partition, to } as Routed;
}

function gather(node: SinkPlan, observe: Observe) {
  const { target } = node;
  return ({ unit, records }: Batch): void => {
    if (unit.failure) return;
    try {
      for (const record of records) {
        if (record.schema === 'Row') unit.rows.push(record.value);
        else if (target.kind === 'topic') unit.appends.push(appendOf(target, record));
        else unit.addEffect(node, { key: record.key, value: record.value as Effect['value'], offset: record.offset });
      }
      observe(node.id, records.length, records, 0);
    } catch (error) {
      unit.failure = { node: node.id, error };
    }
  };
}

function appendOf(target: SinkPlan['target'] & { kind: 'topic' }, record: Input): Append {
  const key = target.key ? keyOf(target.key, record.value) : record.key;
  const topic = target.family ? `${target.topic}_${key}` : target.topic;
  return { topic, key, schema: record.schema, value: record.value } as Append;
}

const stateless = {
  get: () => {
    throw new Error('This node keeps no state: its processor declares no tables');
  },
  set: () => {
    throw new Error('This node keeps no state: its processor declares no tables');
  },
};
