import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { duration, Errors, expression, from, Joins, keyName, strict } from './parts.ts';

/** Each kind of node, by the one field that only this kind has. */

const Batch = Type.Object(
  {
    size: Type.Integer({ minimum: 1, maximum: 10_000, description: 'Most records in one unit of work.' }),
    within: Type.Optional(duration('How long to wait for a batch to fill.')),
  },
  { ...strict, description: 'How records are gathered into units of work. Default: up to 500, without waiting.' },
);

export const SourceNode = Type.Object(
  {
    source: Type.Object(
      {
        topic: Type.String({ description: 'A topic of topics.yaml.' }),
        schema: Type.String({ description: 'The schema of the records to take; those of others are left out.' }),
        broadcast: Type.Optional(
          Type.Boolean({ description: 'Every task reads the whole topic, which has one partition.' }),
        ),
      },
      strict,
    ),
    batch: Type.Optional(Batch),
    'in-flight': Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 64,
        description: 'Units of work under way at once for each partition. Default 4.',
      }),
    ),
  },
  { ...strict, description: 'Reads a topic, partition by partition.' },
);

export const TableNode = Type.Object(
  {
    table: Type.Object(
      {
        topic: Type.String({ description: 'A compacted topic of topics.yaml.' }),
        schema: Type.String({ description: 'The schema of its rows.' }),
        broadcast: Type.Optional(
          Type.Boolean({ description: 'Every task holds the whole table; its topic has one partition.' }),
        ),
        gone: Type.Optional(expression('When a record removes its key’s row instead of replacing it.')),
      },
      strict,
    ),
  },
  { ...strict, description: 'A compacted topic as a lookup: the newest record of each key, for joins.' },
);

export const ProcessorNode = Type.Object(
  {
    processor: Type.String({ description: 'A folder of processors/.' }),
    from,
    key: Type.Optional(keyName('What the records are ordered by.')),
    with: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: "The processor's options." })),
    join: Type.Optional(Joins),
    state: Type.Optional(
      Type.Union(
        [
          Type.Object(
            { folds: Type.String({ description: 'The topic that the state can be made from again.' }) },
            strict,
          ),
          Type.Object(
            { changelog: Type.String({ description: 'The compacted topic that keeps each change of the state.' }) },
            strict,
          ),
        ],
        { description: 'Where the state comes from after a loss.' },
      ),
    ),
    errors: Type.Optional(Errors),
  },
  { ...strict, description: 'Runs a deterministic step on each record.' },
);

export const BranchNode = Type.Object(
  {
    branch: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9-]*$' }), Type.String({ minLength: 1 }), {
      description:
        'Outputs by name, each with the CEL condition of the records that leave by it, over value, key, time, schema and joined. The first that holds counts; `else` takes the rest, which is dropped otherwise.',
    }),
    from,
    join: Type.Optional(Joins),
    errors: Type.Optional(Errors),
  },
  { ...strict, description: 'Sends each record out by one of several outputs.' },
);

export const WindowNode = Type.Object(
  {
    window: Type.Object(
      {
        length: duration('Windows are this long and aligned to it, by record time.'),
        keep: Type.Union([Type.Literal('first'), Type.Literal('last'), Type.Literal('all')], {
          description:
            'What leaves when a window ends: of each key the first or the last record, or all records in order.',
        }),
        'at-most': Type.Integer({
          minimum: 1,
          maximum: 10_000,
          description: 'Records kept at once in a partition; a window that is full ends early.',
        }),
      },
      strict,
    ),
    from,
    state: Type.Object(
      { changelog: Type.String({ description: 'The compacted topic that keeps the open window.' }) },
      strict,
    ),
    errors: Type.Optional(Errors),
  },
  { ...strict, description: 'Gathers or coalesces the records of each key in windows of record time.' },
);

export const SinkNode = Type.Object(
  {
    sink: Type.Union([
      Type.Object(
        {
          topic: Type.String(),
          schema: Type.String(),
          key: Type.Optional(keyName("What the record is keyed by. Default: the processor's own key.")),
        },
        strict,
      ),
      Type.Object({ store: Type.Literal('messages') }, strict),
      Type.Object({ search: Type.Literal('messages') }, strict),
      Type.Object({ push: Type.Union([Type.Literal('audience'), Type.Literal('phones')]) }, strict),
    ]),
    from,
    parallel: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 64,
        description: 'Calls of an effect under way at once; those of one key keep their order. Default 1.',
      }),
    ),
    errors: Type.Optional(Errors),
  },
  {
    ...strict,
    description: 'Writes records to a topic, the message store or the search index, or has them pushed to phones.',
  },
);

export type SourceNode = Static<typeof SourceNode>;
export type TableNode = Static<typeof TableNode>;
export type ProcessorNode = Static<typeof ProcessorNode>;
export type BranchNode = Static<typeof BranchNode>;
export type WindowNode = Static<typeof WindowNode>;
export type SinkNode = Static<typeof SinkNode>;
export type TopologyNode = SourceNode | TableNode | ProcessorNode | BranchNode | WindowNode | SinkNode;

export const nodeKinds = {
  source: SourceNode,
  table: TableNode,
  processor: ProcessorNode,
  branch: BranchNode,
  window: WindowNode,
  sink: SinkNode,
} as const satisfies { [field: string]: TSchema };

export type NodeKind = keyof typeof nodeKinds;

/** The nodes, or node.outputs, from which a node's records come. */
export function inputsOf(node: TopologyNode): string[] {
  if (!('from' in node)) return [];
  return typeof node.from === 'string' ? [node.from] : node.from;
}

export function joinsOf(node: TopologyNode): [name: string, join: { table: string; by?: string }][] {
  return 'join' in node ? Object.entries(node.join ?? {}) : [];
}

export function errorsOf(node: TopologyNode): Static<typeof Errors> | undefined {
  return 'errors' in node ? node.errors : undefined;
}
