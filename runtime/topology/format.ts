import { type Static, type TSchema, Type } from '@sinclair/typebox';

/** The format of topology files. Parsing, lint, editor completion (topology.schema.json) and documentation come from here. */

const duration = (description: string) =>
  Type.String({ pattern: '^\\d+(ms|s|m|h|d)$', description: `${description} A duration: 5ms, 2s, 10m, 24h, 14d.` });
const strict = { additionalProperties: false };
const id = Type.String({ pattern: '^[a-z][a-z0-9-]*$' });
const from = Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1 })], {
  description: 'The node, or node.output, whose records come in; a list merges several.',
});

export const keyNames = ['channel', 'person', 'presence', 'address', 'gateway'] as const;

export const SourceNode = Type.Object(
  {
    source: Type.Object(
      {
        topic: Type.String({ description: 'A topic of topics.yaml.' }),
        schema: Type.String({ description: 'The schema of its records.' }),
        broadcast: Type.Optional(
          Type.Boolean({ description: 'Every task reads the whole topic, which has one partition.' }),
        ),
      },
      strict,
    ),
    batch: Type.Optional(
      Type.Object(
        {
          size: Type.Integer({ minimum: 1, maximum: 10_000, description: 'Most records in one unit of work.' }),
          within: Type.Optional(duration('How long to wait for a batch to fill.')),
        },
        { ...strict, description: 'How records are gathered into units of work. Default: up to 500, without waiting.' },
      ),
    ),
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

export const ProcessorNode = Type.Object(
  {
    processor: Type.String({ description: 'A folder of processors/.' }),
    from,
    key: Type.Optional(
      Type.Union(
        keyNames.map((name) => Type.Literal(name)),
        { description: 'What the records are ordered by.' },
      ),
    ),
    with: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: "The processor's options." })),
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
  },
  { ...strict, description: 'Runs a deterministic step on each record.' },
);

export const SinkNode = Type.Object(
  {
    sink: Type.Union([
      Type.Object(
        {
          topic: Type.String(),
          schema: Type.String(),
          key: Type.Optional(
            Type.Union(
              keyNames.map((name) => Type.Literal(name)),
              {
                description: "What the record is keyed by. Default: the processor's own key.",
              },
            ),
          ),
        },
        strict,
      ),
      Type.Object({ store: Type.Literal('messages') }, strict),
      Type.Object({ search: Type.Literal('messages') }, strict),
    ]),
    from,
  },
  { ...strict, description: 'Writes records to a topic, the message store or the search index.' },
);

export const Errors = Type.Object(
  {
    retry: Type.Union([Type.Literal('forever'), Type.Integer({ minimum: 0, maximum: 1000 })], {
      description: 'How often a failed step or effect is tried again.',
    }),
    backoff: Type.Optional(duration('The first pause between tries.')),
    factor: Type.Optional(Type.Number({ minimum: 1, maximum: 10 })),
    'at-most': Type.Optional(duration('The longest pause.')),
    jitter: Type.Optional(Type.Boolean()),
    then: Type.Union([Type.Literal('pause-source'), Type.Literal('dead-letter')], {
      description: 'What happens to a record that still fails: its source waits, or it goes to dead_letters.',
    }),
  },
  strict,
);

export const TopologyFile = Type.Object(
  {
    topology: id,
    version: Type.Integer({ minimum: 1 }),
    description: Type.Optional(Type.String()),
    nodes: Type.Record(id, Type.Union([SourceNode, ProcessorNode, SinkNode])),
    errors: Type.Optional(Errors),
  },
  { ...strict, $id: 'topology', title: 'A Millrace topology' },
);

export const TopicsFile = Type.Object(
  {
    topics: Type.Record(
      Type.String({ pattern: '^[a-z][a-z0-9_]*$' }),
      Type.Object(
        {
          description: Type.String(),
          partitions: Type.Union([Type.Integer({ minimum: 1, maximum: 1024 }), Type.Literal('channels')], {
            description:
              "A count that is final, or `channels`: the deployment's one count for all that is keyed by channel or person.",
          }),
          schemas: Type.Array(Type.String(), { minItems: 1 }),
          key: Type.Optional(Type.Union(keyNames.map((name) => Type.Literal(name)))),
          retention: Type.Optional(duration('How long records are kept. Unset: for good.')),
          compact: Type.Optional(Type.Boolean({ description: 'Only the newest record of each key must stay.' })),
          volatile: Type.Optional(
            Type.Boolean({ description: 'Worth nothing once its readers are gone: in memory where embedded.' }),
          ),
          family: Type.Optional(
            Type.Boolean({ description: 'One topic for each gateway slot, named topic_<slot>; the key is the slot.' }),
          ),
        },
        strict,
      ),
    ),
  },
  { ...strict, $id: 'topics', title: "Millrace's topics" },
);

export type TopologyFile = Static<typeof TopologyFile>;
export type TopicsFile = Static<typeof TopicsFile>;
export type TopicEntry = TopicsFile['topics'][string];
export type SourceNode = Static<typeof SourceNode>;
export type ProcessorNode = Static<typeof ProcessorNode>;
export type SinkNode = Static<typeof SinkNode>;
export type TopologyNode = SourceNode | ProcessorNode | SinkNode;
export type ErrorPolicy = Static<typeof Errors>;
export type KeyName = (typeof keyNames)[number];

export const defaultErrors: ErrorPolicy = {
  retry: 'forever',
  backoff: '100ms',
  factor: 2,
  'at-most': '10s',
  jitter: true,
  then: 'pause-source',
};

/** The kind of a node by the one field that only this kind has. */
export const nodeKinds: { [field: string]: TSchema } = { source: SourceNode, processor: ProcessorNode, sink: SinkNode };

export function sourcesOf(node: TopologyNode): string[] {
  if (!('from' in node)) return [];
  return typeof node.from === 'string' ? [node.from] : node.from;
}
