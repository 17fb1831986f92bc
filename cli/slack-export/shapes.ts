import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { invalid } from './invalid.ts';

/** Slack leaves fields out and writes null in their place, as it likes. */
const maybe = <Schema extends TSchema>(schema: Schema) => Type.Optional(Type.Union([schema, Type.Null()]));
const text = Type.String();

export const SlackUserShape = Type.Object({
  id: Type.String({ minLength: 1 }),
  name: maybe(text),
  real_name: maybe(text),
  deleted: maybe(Type.Boolean()),
  is_owner: maybe(Type.Boolean()),
  is_admin: maybe(Type.Boolean()),
  is_restricted: maybe(Type.Boolean()),
  profile: maybe(Type.Object({ real_name: maybe(text), email: maybe(text) })),
});

export const SlackChannelShape = Type.Object({
  id: Type.String({ minLength: 1 }),
  name: maybe(text),
  /** Seconds since 1970. */
  created: maybe(Type.Number()),
  creator: maybe(text),
  is_archived: maybe(Type.Boolean()),
  members: maybe(Type.Array(text)),
  /** In an export of ours. */
  millrace_posting: maybe(Type.Union([Type.Literal('everyone'), Type.Literal('managers')])),
  topic: maybe(Type.Object({ value: maybe(text) })),
});

export const SlackMessageShape = Type.Object({
  /** Slack's have six decimals; those of an export of ours may have ten. */
  ts: Type.String({ pattern: '^\\d{1,11}(\\.\\d{1,10})?$' }),
  /** In an export of ours, where the ts is not the time: milliseconds since 1970. */
  millrace_created_at: maybe(Type.Integer({ minimum: 0, maximum: 253_402_300_799_999 })),
  type: maybe(text),
  subtype: maybe(text),
  user: maybe(text),
  bot_id: maybe(text),
  username: maybe(text),
  text: maybe(text),
  thread_ts: maybe(text),
  edited: maybe(Type.Object({ ts: maybe(text) })),
  comment: maybe(Type.Object({ user: maybe(text) })),
  reactions: maybe(Type.Array(Type.Object({ name: text, users: Type.Array(text) }))),
  files: maybe(Type.Array(Type.Object({ title: maybe(text), name: maybe(text) }))),
  attachments: maybe(Type.Array(Type.Object({ text: maybe(text), fallback: maybe(text) }))),
});

export type SlackChannelRecord = Static<typeof SlackChannelShape>;
export type SlackMessageRecord = Static<typeof SlackMessageShape>;

/** Error: `export_invalid` that names the file and the field where the value is not of this shape. */
export function shaped<Schema extends TSchema>(schema: Schema, file: string, value: unknown): Static<Schema> {
  if (Value.Check(schema, value)) return value;
  const error = Value.Errors(schema, value).First();
  throw invalid(
    file,
    `${error?.path || 'it'} is not as Slack writes it (${error?.message.toLowerCase() ?? 'unknown shape'})`,
    'correct this file, or leave it out of the zip',
  );
}

/** The list that a file must be. */
export function listIn(file: string, value: unknown): unknown[] {
  return shaped(Type.Array(Type.Unknown()), file, value);
}
