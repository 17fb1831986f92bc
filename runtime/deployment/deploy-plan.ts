/** What a deploy would do, in full, before anything changes. */
export interface DeployPlan {
  /** Of the world that it was made from and of what it would do: `deploy` may be told to do this or nothing. */
  id: string;
  /** The deployment that runs now; 0 where none does. */
  based_on: number;
  topics: TopicChange[];
  schemas: SchemaChange[];
  topologies: TopologyChange[];
  /** Why this can't be deployed; empty where it can. */
  refusals: string[];
  /** What deploy does, in order; empty where nothing would change. */
  steps: string[];
}

export interface TopicChange {
  topic: string;
  change: 'create' | 'change' | 'leave';
  /** `partitions: 8`, or `retention: 3d → 7d`. */
  details: string[];
}

export interface SchemaChange {
  schema: string;
  from: number | null;
  to: number;
  compatibility: string;
}

export interface NodeChange {
  node: string;
  change: 'add' | 'change' | 'remove';
  before?: unknown;
  after?: unknown;
}

export interface StateChangePlan {
  node: string;
  /** What becomes of its rows. */
  how: 'kept' | 'folded anew' | 'made by replay' | 'empty at first' | 'left behind' | 'taken up again';
  from: string;
}

export interface ConsumerChange {
  source: string;
  topic: string;
  change: 'begin' | 'go on' | 'end';
  /** Records that it has not taken. */
  lag: number;
}

export interface TopologyChange {
  topology: string;
  change: 'add' | 'change' | 'remove';
  from_version: number | null;
  to_version: number | null;
  /** How the new version follows the old one. */
  take_over: 'begins' | 'at a cut, with the states as they stand' | 'beside the old one, then at a cut' | 'ends';
  code_changed: boolean;
  nodes: NodeChange[];
  states: StateChangePlan[];
  sinks: { node: string; target: string; change: 'begin' | 'end' }[];
  consumers: ConsumerChange[];
}
