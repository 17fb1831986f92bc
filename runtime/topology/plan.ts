import type { FlowSchema, Processor } from '../processor.ts';
import type { Expression } from './expression.ts';
import type { ErrorPolicy, KeyName, TopicEntry } from './format/index.ts';

/** A checked topology, ready to run: references resolved, durations in milliseconds. */
export interface TopologyPlan {
  name: string;
  version: number;
  description: string;
  file: string;
  nodes: PlanNode[];
  errors: ErrorPolicy;
}

export type PlanNode = SourcePlan | TablePlan | ProcessorPlan | SinkPlan;

export interface SourcePlan {
  kind: 'source';
  id: string;
  topic: string;
  schema: FlowSchema;
  broadcast: boolean;
  batch: { size: number; within_ms: number };
  in_flight: number;
}

export interface TablePlan {
  kind: 'table';
  id: string;
  topic: string;
  schema: FlowSchema;
  broadcast: boolean;
  /** When a record removes its key's row. */
  gone: Expression | undefined;
}

/** Where records come from: all outputs of a node, or one. */
export interface Edge {
  node: string;
  output: string | undefined;
}

export interface Join {
  name: string;
  table: string;
  /** The row's key; undefined: the record's own. */
  by: Expression | undefined;
}

/** A step: a processor's, or that of a branch or a window. */
export interface ProcessorPlan {
  kind: 'processor';
  id: string;
  /** The processor's name; `branch` or `window`. */
  name: string;
  processor: Processor;
  from: Edge[];
  options: unknown;
  joins: Join[];
  state: { folds: string } | { changelog: string } | undefined;
  errors: ErrorPolicy;
}

export type SinkTarget =
  | { kind: 'topic'; topic: string; schema: FlowSchema; key: KeyName | undefined; family: boolean }
  | { kind: 'store' }
  | { kind: 'search' }
  | { kind: 'push'; to: 'audience' | 'phones' };

export interface SinkPlan {
  kind: 'sink';
  id: string;
  target: SinkTarget;
  from: Edge[];
  /** Calls of an effect at once; those of one key keep their order. */
  parallel: number;
  errors: ErrorPolicy;
}

/** Everything that topologies/ says. */
export interface Plans {
  topologies: TopologyPlan[];
  topics: { [name: string]: TopicEntry };
}
