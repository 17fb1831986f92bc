import { type TSchema, Type } from '@sinclair/typebox';
import { messageOf } from '../platform/errors/error.ts';

export interface Setting<Schema extends TSchema> {
  /** Its environment variable. A secret can also stand in a file, which the variable with _FILE behind it names. */
  env: string;
  schema: Schema;
  help: string;
  /** Never printed. */
  secret: boolean;
  /** What is wrong with a text that the schema takes. */
  check?: ((text: string) => string | undefined) | undefined;
}

export function setting<Schema extends TSchema>(
  env: string,
  schema: Schema,
  help: string,
  { secret = false, check }: Partial<Pick<Setting<Schema>, 'secret' | 'check'>> = {},
): Setting<Schema> {
  return { env, schema, help, secret, check };
}

/** What a reader of a text says against it; for `check`. */
export function problemOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

export function onOff<Default extends 'on' | 'off'>(by: Default) {
  return Type.Union([Type.Literal('on'), Type.Literal('off')], { default: by });
}
