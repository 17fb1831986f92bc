import type { Type } from 'avsc';
import { readHistory, sameSchema } from '../../schemas/history.ts';
import { loadSchemas } from '../../schemas/load.ts';
import type { Codec, SchemaName } from './codec.ts';
import { type Reader, wireCodec } from './wire.ts';

/** Codec over the files in schemas/: a version's id is the first 31 bits of its fingerprint, so none must be kept. */
export function fileCodec(): Codec {
  const types = loadSchemas();
  const writers = new Map<SchemaName, { type: Type; id: number }>();
  const readers = new Map<number, Reader>();
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
  return wireCodec(writers, readers);
}

function idOf(type: Type): number {
  return type.fingerprint('sha256').readUInt32BE(0) & 0x7fffffff;
}
