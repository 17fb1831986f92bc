import { type Static, Type } from '@sinclair/typebox';
import { BranchNode, ProcessorNode, SinkNode, SourceNode, TableNode, WindowNode } from './nodes.ts';
import { duration, Errors, id, keyName, strict, when } from './parts.ts';

/** The format of topology files. Parsing, lint, editor completion (topology.schema.json) and documentation come from here. */

export * from './nodes.ts';
export { isOn, type KeyName } from './parts.ts';

/** In one topology. What follows each node upstream, in lint and in tasks, takes seconds for some thousands. */
export const mostNodes = 1000;

export const TopologyFile = Type.Object(
  {
    format: Type.Optional(
      Type.Literal(1, { description: 'The version of this format. Default 1, the only one there is.' }),
    ),
    topology: id,
    // The log's record of deployments keeps it as an int.
    version: Type.Integer({
      minimum: 1,
      maximum: 2_147_483_647,
      description: 'Raised with each change of what the topology does.',
    }),
    description: Type.Optional(Type.String()),
    when: Type.Optional(when),
    nodes: Type.Record(
      id,
      Type.Union([SourceNode, TableNode, ProcessorNode, BranchNode, WindowNode, SinkNode], {
        description: 'Each node under its author’s id: offsets and state are kept under it.',
      }),
      { maxProperties: mostNodes },
    ),
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
          key: Type.Optional(keyName('What its records are keyed by.')),
          retention: Type.Optional(duration('How long records are kept. Unset: for good.')),
          compact: Type.Optional(Type.Boolean({ description: 'Only the newest record of each key must stay.' })),
          volatile: Type.Optional(
            Type.Boolean({ description: 'Worth nothing once its readers are gone: in memory where embedded.' }),
          ),
          family: Type.Optional(
            Type.Boolean({ description: 'One topic for each gateway slot, named topic_<slot>; the key is the slot.' }),
          ),
          shared: Type.Optional(
            Type.Boolean({
              description:
                'Any topology may write to it, as gateways do: commands, whose order is made by who reads them.',
            }),
          ),
          when: Type.Optional(when),
          store: Type.Optional(
            Type.Literal('messages', {
              description: 'A replay takes what the topic no longer keeps from this store.',
            }),
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
export type ErrorPolicy = Required<Static<typeof Errors>>;

export const defaultErrors: ErrorPolicy = {
  retry: 'forever',
  backoff: '100ms',
  factor: 2,
  'at-most': '10s',
  jitter: true,
  then: 'pause-source',
};
