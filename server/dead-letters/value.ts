import { MillraceError, messageOf } from '../../platform/errors/error.ts';
import type { Codec, Decoded, SchemaName } from '../../platform/schemas/codec.ts';
import { avroType } from '../../schemas/load.ts';

/** A record's bytes as a value, or why they are none that is known here. */
export function readValue(codec: Codec, bytes: Buffer): { decoded: Decoded } | { unreadable: string } {
  try {
    return { decoded: codec.decode(bytes) };
  } catch (error) {
    return { unreadable: messageOf(error) };
  }
}

/** The bytes of a value that came as JSON. Error: `invalid_request`, with all that does not fit the schema. */
export function writeValue(codec: Codec, schema: SchemaName, value: unknown): Buffer {
  const type = avroType(schema);
  if (!type) throw new MillraceError('schema_unknown', `there is no schema ${schema} here`);
  const problems: string[] = [];
  const fits = type.isValid(value, {
    noUndeclaredFields: true,
    errorHook: (path: string[], found: unknown, wanted: { toString(): string }) => {
      problems.push(`${['value', ...path].join('.')}: ${shown(found)} does not fit ${named(wanted)}`);
    },
  } as object);
  if (!fits)
    throw new MillraceError('invalid_request', problems.join('\n') || `value: does not fit the schema ${schema}`);
  return codec.encode(schema, value as never);
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80);
}

/** A named type by its name: written out it would fill the screen. */
function named(type: { toString(): string } & { name?: string }): string {
  return type.name ?? type.toString().replaceAll('"', '').slice(0, 80);
}
