import type { FlowSchema, Processor } from '../processor.ts';
import type { ErrorPolicy, KeyName, TopicEntry } from './format.ts';

/** A checked topology, ready to run: references resolved, durations in milliseconds. */
export interface TopologyPlan {
  name: string;
  version: number;
  description: string;
  file: string;
  nodes: PlanNode[];
  errors: ErrorPolicy;
}

export type PlanNode = SourcePlan | ProcessorPlan | SinkPlan;

export interface SourcePlan {
  kind: 'source';
  id: string;
  topic: string;
  schema: FlowSchema;
  broadcast: boolean;
  batch: { size: number; within_ms: number };
  in_flight: number;
}

/** Where records come from: all outputs of a node, or one. */
export interface Edge {
  node: string;
  output: string | undefined;
}

export interface ProcessorPlan {
  kind: 'processor';
  id: string;
  name: string;
  processor: Processor;
  from: Edge[];
  options: unknown;
  state: { folds: string } | { changelog: string } | undefined;
}

export type SinkTarget =
  | { kind: 'topic'; topic: string; schema: FlowSchema; key: KeyName | undefined; family: boolean }
  | { kind: 'store' }
  | { kind: 'search' };

export interface SinkPlan {
  kind: 'sink';
  id: string;
  target: SinkTarget;
  from: Edge[];
}

/** Everything that topologies/ says. */
export interface Plans {
  topologies: TopologyPlan[];
  topics: { [name: string]: TopicEntry };
}
