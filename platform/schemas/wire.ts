import type { Type } from 'avsc';
import { MillraceError } from '../errors/error.ts';
import type { Codec, Decoded, SchemaName } from './codec.ts';

/** How records of one schema id are read. */
export interface Reader {
  schema: SchemaName;
  /** The current version, into which older ones are read. */
  type: Type;
  resolver: ReturnType<Type['createResolver']> | undefined;
}

export type Writers = ReadonlyMap<SchemaName, { type: Type; id: number }>;

/** A codec over known ids; `learn` may add to them. */
export function wireCodec(
  writers: Writers,
  readers: ReadonlyMap<number, Reader>,
  learn: Codec['learn'] = async () => undefined,
): Codec {
  return {
    learn,
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
      const reader = isFramed(bytes) ? readers.get(idIn(bytes)) : undefined;
      if (!reader) {
        const begins = bytes.subarray(0, 5).toString('hex');
        throw new MillraceError('schema_unknown', `no schema here has the id of a record that begins with ${begins}`);
      }
      try {
        const value = reader.type.fromBuffer(bytes.subarray(5), reader.resolver);
        return { schema: reader.schema, value } as Decoded;
      } catch (error) {
        const detail = `a record of schema ${reader.schema} can't be read: ${(error as Error).message}`;
        throw new MillraceError('invalid_request', detail);
      }
    },
  };
}

/** Whether bytes begin as Confluent's wire format does. */
export function isFramed(bytes: Buffer): boolean {
  return bytes.length >= 5 && bytes[0] === 0;
}

export function idIn(bytes: Buffer): number {
  return bytes.readInt32BE(1);
}
