import { type COMPATIBILITY, SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import avro, { type Type } from 'avsc';
import { wholeSchema } from '../../schemas/history.ts';
import { loadSchemas } from '../../schemas/load.ts';
import { MillraceError, messageOf } from '../errors/error.ts';
import type { Codec, SchemaName } from './codec.ts';
import { idIn, isFramed, type Reader, wireCodec } from './wire.ts';

export interface RegistrySettings {
  url: string;
  username?: string;
  password?: string;
  /** Before each subject, so that several runs can share a registry. */
  prefix: string;
}

const deadline_ms = 5000;
/** Ids that no schema could be had for are not asked for again before this. */
const askAgain_ms = 10_000;

/**
 * Codec over a Confluent-compatible registry. Subjects are the schemas' names (Confluent's RecordNameStrategy), for a topic may
 * hold several; each is registered under FULL compatibility. Ids of other versions are learnt as records of them come.
 * Errors: `unavailable` when the registry does not answer in 5 s; `conflict` for a schema that it refuses, with its reason.
 * What is known goes on working while the registry is away.
 */
export async function registryCodec(settings: RegistrySettings): Promise<Codec> {
  const registry = open(settings);
  const types = loadSchemas();
  const writers = new Map<SchemaName, { type: Type; id: number }>();
  const readers = new Map<number, Reader>();
  await Promise.all(
    [...types].map(async ([name, type]) => {
      const id = await register(registry, settings.prefix + name, name, type);
      writers.set(name as SchemaName, { type, id });
      readers.set(id, { schema: name as SchemaName, type, resolver: undefined });
    }),
  );
  const asked = new Map<number, number>();
  const learn = async (records: readonly Buffer[]): Promise<void> => {
    const unknown = new Set<number>();
    for (const bytes of records) if (isFramed(bytes) && !readers.has(idIn(bytes))) unknown.add(idIn(bytes));
    for (const id of unknown) {
      if ((asked.get(id) ?? 0) > Date.now() - askAgain_ms) continue;
      const reader = await readerOf(registry, id, types);
      if (reader) readers.set(id, reader);
      else asked.set(id, Date.now());
    }
  };
  return wireCodec(writers, readers, learn);
}

function open({ url, username, password }: RegistrySettings): SchemaRegistry {
  const auth = username === undefined ? {} : { auth: { username, password: password ?? '' } };
  return new SchemaRegistry({
    host: url,
    ...auth,
    retry: { retries: 2, initialRetryTimeInSecs: 0.1, maxRetryTimeInSecs: 1 },
  });
}

async function register(registry: SchemaRegistry, subject: string, name: string, type: Type): Promise<number> {
  try {
    const schema = wholeSchema(type) as unknown as Parameters<SchemaRegistry['register']>[0];
    const { id } = await inTime(registry.register(schema, { subject, compatibility: 'FULL' as COMPATIBILITY }));
    return id;
  } catch (error) {
    const reason = messageOf(error);
    const refused = /incompatible|compatib|409|invalid/i.test(reason);
    throw refused
      ? new MillraceError('conflict', `the registry refuses schemas/${name}.avsc as a version of ${subject}: ${reason}`)
      : new MillraceError('unavailable', `the schema registry did not register ${subject}: ${reason}`, {
          cause: error,
        });
  }
}

/** Undefined where the id is none of a schema that is here, or the registry has none of it or is away. */
async function readerOf(registry: SchemaRegistry, id: number, types: Map<string, Type>): Promise<Reader | undefined> {
  try {
    const found = (await inTime(registry.getSchema(id))) as unknown as Type;
    const writer = avro.Type.forSchema(wholeSchema(found) as never, { omitRecordMethods: true });
    const name = writer.name ?? '';
    const type = types.get(name);
    return type && { schema: name as SchemaName, type, resolver: type.createResolver(writer) };
  } catch {
    // Decoding then says that the id is unknown; the next record of it asks again.
    return undefined;
  }
}

async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${deadline_ms / 1000} s`)), deadline_ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}
