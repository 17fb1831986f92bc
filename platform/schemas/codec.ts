import type { Type } from 'avsc';
import type { Schemas } from '../../schemas/generated/types.ts';
import { readHistory, sameSchema } from '../../schemas/history.ts';
import { loadSchemas } from '../../schemas/load.ts';
import { MillraceError } from '../errors/error.ts';

export type SchemaName = keyof Schemas;

/** A decoded record: which schema it has, in the shape of this process's version of that schema. */
export type Decoded = { [Name in SchemaName]: { schema: Name; value: Schemas[Name] } }[SchemaName];

/**
 * Values to bytes and back in Confluent's wire format: a zero byte, the schema's id as four bytes, the Avro binary.
 * Records of older versions are read into the current one by Avro's rules of resolution.
 */
export interface Codec {
  encode<Name extends SchemaName>(schema: Name, value: Schemas[Name]): Buffer;
  /** Errors: `schema_unknown` for an id that no version here has; `invalid_request` for bytes that don't fit it. */
  decode(bytes: Buffer): Decoded;
  /** Makes known the schemas of records that are about to be decoded; at once where all of them are. */
  learn(records: readonly Buffer[]): Promise<void>;
}

/** Codec over the files in schemas/: a version's id is the first 31 bits of its fingerprint, so none must be kept. */
export function fileCodec(): Codec {
  const types = loadSchemas();
  const writers = new Map<SchemaName, { type: Type; id: number }>();
  const readers = new Map<
    number,
    { schema: SchemaName; type: Type; resolver: ReturnType<Type['createResolver']> | undefined }
  >();
  for (const [name, type] of types) {
    const schema = name as SchemaName;
    const id = idOf(type);
    writers.set(schema, { type, id });
    readers.set(id, { schema, type, resolver: undefined });
  }
  for (const { name, type: old } of readHistory()) {
    const current = types.get(name);
    if (!current || sameSchema(current, old) || readers.has(idOf(old))) continue;
    readers.set(idOf(old), { schema: name as SchemaName, type: current, resolver: current.createResolver(old) });
  }

  return {
    learn: async () => undefined,
    encode(schema, value) {
      const { type, id } = writers.get(schema)!;
      // Most records fit this; avsc tells by a negative position how much was lacking.
      let buffer = Buffer.allocUnsafe(512);
      const end = type.encode(value, buffer, 5);
      if (end < 0) {
        buffer = Buffer.allocUnsafe(512 - end);
        type.encode(value, buffer, 5);
      }
      buffer[0] = 0;
      buffer.writeInt32BE(id, 1);
      return end < 0 ? buffer : buffer.subarray(0, end);
    },
    decode(bytes) {
      const reader = bytes.length > 5 || bytes.length === 5 ? readers.get(bytes.readInt32BE(1)) : undefined;
      if (!reader || bytes[0] !== 0) {
        throw new MillraceError(
          'schema_unknown',
          `no schema here has the id of a record that begins with ${bytes.subarray(0, 5).toString('hex')}`,
        );
      }
      try {
        const value = reader.type.fromBuffer(bytes.subarray(5), reader.resolver);
        return { schema: reader.schema, value } as Decoded;
      } catch (error) {
        throw new MillraceError(
          'invalid_request',
          `a record of schema ${reader.schema} can't be read: ${(error as Error).message}`,
        );
      }
    },
  };
}

function idOf(type: Type): number {
  return type.fingerprint('sha256').readUInt32BE(0) & 0x7fffffff;
}
