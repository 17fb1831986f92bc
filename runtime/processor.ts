import type { Static, TSchema } from '@sinclair/typebox';
import type { RowWrite } from '../platform/messages/port.ts';
import type { Notice } from '../platform/push/work.ts';
import type { SearchDocument } from '../platform/search/port.ts';
import type { Schemas } from '../schemas/generated/types.ts';

/** What may flow between nodes: every schema of the log, and what sinks other than topics take. */
export interface FlowSchemas extends Schemas {
  /** For the sink `store: messages`. */
  Row: RowWrite;
  /** For the sink `search: messages`. */
  SearchDocument: SearchDocument;
  /** For the sink `push: audience`. */
  Notice: Notice;
}

export type FlowSchema = keyof FlowSchemas;

/** A record on its way through a topology, its schema and value matched. */
export type Flowing = { [Name in FlowSchema]: { schema: Name; value: FlowSchemas[Name] } }[FlowSchema];

/** What a step is given: one record, with where it stands in the log. */
export type Input = Flowing & {
  key: string;
  /** The log's append time of the record that this follows from, in milliseconds since 1970. */
  time: number;
  /** Where that record stands in its source topic. */
  offset: number;
  partition: number;
  /** The rows of the node's joins by name; null where the table has none. */
  joined?: { readonly [name: string]: unknown };
};

/** What a step makes. `to` is one of the processor's outputs; `key` is the record's key in whatever topic it reaches. */
export type Output = Flowing & { to: string; key: string };

/**
 * Rows of a node's state, as JSON values. A step sees its own changes at once; they are kept together with the offsets
 * that they follow from. Treat what `get` gives as frozen.
 */
export interface State {
  get(table: string, key: string): unknown;
  /** `undefined` removes the row. */
  set(table: string, key: string, value: unknown): void;
}

/** How the rows of a state move where a topic gets more partitions (`millrace repartition`). */
export interface Moves {
  /** The key by which a row's records are partitioned; undefined for a row of the partition as a whole. */
  keyOf(table: string, key: string): string | undefined;
  /** Of the rows that partitions have as a whole under one key, in any order, the one that every new partition gets. */
  merge(table: string, key: string, values: unknown[]): unknown;
}

export interface TableSpec {
  doc: string;
  /** What a row looks like. A change of it is a change of the state's version. */
  row?: TSchema;
  /** Rows are forgotten after once to twice this long, by record time, in milliseconds. Unset: kept. */
  expires_ms?: number;
}

/**
 * A kind of node. A step is a deterministic function of (state, record): no clock, no random, no I/O, so that running a
 * record again makes the same bytes again. Facts from outside come inside records.
 *
 * Each lies in a folder of its own under processors/, whose index.ts has it as default export; the folder's name is the
 * name by which topology files call it.
 */
export interface Processor<Options extends TSchema = TSchema> {
  doc: string;
  inputs: readonly FlowSchema[];
  /** Each output by name, with the schema of what leaves by it. A node `x`'s output is written `x.name`. */
  outputs: { readonly [output: string]: FlowSchema };
  /** What `with:` may say. */
  options: Options;
  tables?: { readonly [table: string]: TableSpec };
  /**
   * Raised when `tables`, or what stands in them, change so that this version can't go on with the rows of the last one: a
   * deploy then makes the state anew beside the old one. Default 1.
   */
  stateVersion?: number;
  /** Set by the registry where the code may change while a process runs: a fingerprint of its files. */
  code?: string;
  /**
   * Where the state can be made from a topic alone (`state: { folds: TOPIC }`). `step` must leave the state as `fold`
   * of its outputs to that topic (or of its input from it) would.
   */
  folds?: {
    schema: FlowSchema;
    fold(state: State, event: Input): void;
    /** The offset of the input from which this event came, where the event tells; a take-over goes on after the highest. */
    origin?(event: Input): number;
    /** The time of that input, by which rows expire; default: the event's own append time, which may be later. */
    time?(event: Input): number;
  };
  /** Unset: the number of partitions can't grow under a state of this processor. */
  moves?: Moves;
  /** Makes the step of one node in one partition. It may keep nothing between calls but what is in `state`. */
  create(options: Static<Options>): (state: State, input: Input) => Output[];
}

export function defineProcessor<Options extends TSchema>(processor: Processor<Options>): Processor<Options> {
  return processor;
}
