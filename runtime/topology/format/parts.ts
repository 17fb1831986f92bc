import { Type } from '@sinclair/typebox';

/** What several kinds of nodes have in common. */

export const strict = { additionalProperties: false };

export const duration = (description: string) =>
  Type.String({ pattern: '^\\d+(ms|s|m|h|d)$', description: `${description} A duration: 5ms, 2s, 10m, 24h, 14d.` });

export const id = Type.String({ pattern: '^[a-z][a-z0-9-]*$' });

export const from = Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1 })], {
  description: 'The node, or node.output, whose records come in; a list merges several.',
});

export const when = Type.Union([Type.Boolean(), Type.Integer(), Type.String()], {
  description:
    'Where this is `off` or false it is left out of what runs; for what the environment decides, such as a variable with the default `off`. Default: on.',
});

/** Whether something with this `when` is part of what runs. */
export function isOn(value: boolean | number | string | undefined): boolean {
  return value !== false && value !== 'off';
}

const keyNames = ['channel', 'person', 'presence', 'address', 'gateway'] as const;
export type KeyName = (typeof keyNames)[number];

export const keyName = (description: string) =>
  Type.Union(
    keyNames.map((name) => Type.Literal(name)),
    { description },
  );

export const expression = (description: string) => Type.String({ minLength: 1, description: `${description} (CEL)` });

export const Errors = Type.Object(
  {
    retry: Type.Optional(
      Type.Union([Type.Literal('forever'), Type.Integer({ minimum: 0, maximum: 1000 })], {
        description:
          'How often a failed step or effect is tried again; waiting for an engine that is away does not count. Default: forever.',
      }),
    ),
    backoff: Type.Optional(duration('The first pause between tries. Default 100ms.')),
    factor: Type.Optional(
      Type.Number({
        minimum: 1,
        maximum: 10,
        description: 'By how much each pause is longer than the last. Default 2.',
      }),
    ),
    'at-most': Type.Optional(duration('The longest pause. Default 10s.')),
    jitter: Type.Optional(Type.Boolean({ description: 'Full jitter: a random part of each pause. Default true.' })),
    then: Type.Optional(
      Type.Union([Type.Literal('pause-source'), Type.Literal('dead-letter')], {
        description:
          'What happens to a record that still fails: its source waits, or it goes to dead_letters. Default: pause-source.',
      }),
    ),
  },
  { ...strict, description: 'What happens when a step or an effect fails.' },
);

export const Joins = Type.Record(
  id,
  Type.Object(
    {
      table: Type.String({ description: 'A table node.' }),
      by: Type.Optional(expression('The key of the row, from the record. Default: `key`, the key of the record.')),
    },
    strict,
  ),
  { description: 'Rows of tables that go with each record: `joined.NAME`, null where there is none.' },
);
