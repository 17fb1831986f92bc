import { setTimeout as sleep } from 'node:timers/promises';
import { type COMPATIBILITY, SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import avro, { type Type } from 'avsc';
import { LRUCache } from 'lru-cache';
import { type Compatibility, compatibilityOf } from '../../schemas/compatibility.ts';
import { wholeSchema } from '../../schemas/history.ts';
import { loadSchemas } from '../../schemas/load.ts';
import { inTime } from '../deadline.ts';
import { MillraceError, messageOf } from '../errors/error.ts';
import type { Codec, SchemaName } from './codec.ts';
import {
  askRegistry,
  type Connection,
  connectionOf,
  deadline_ms,
  type RegistrySettings,
} from './registry/connection.ts';
import { idIn, isFramed, type Reader, wireCodec } from './wire.ts';

/** Schemas that are registered at once: several processes that begin together must not drown a registry that has just begun. */
const atOnce = 4;
/** For a schema that another process registers at the same moment, and for a registry that is slow to begin. */
const patience_ms = 20_000;
const pause_ms = 100;
/** Between a subject's first version and its rule. */
const between_ms = 3000;
/** Ids that are none of a schema here are not asked for again before this. */
const askAgain_ms = 10_000;
/** Of such ids; records that are no Avro may have any. */
const mostUnknown = 1000;

/**
 * Codec over a Confluent-compatible registry. Subjects are the schemas' names (Confluent's RecordNameStrategy), for a topic may
 * hold several; each is registered under the compatibility that it declares. Ids of other versions are learnt as records of them come.
 * Errors: `unavailable` when the registry is not there, or does not answer for 20 s; `conflict` for a schema that it refuses, with its reason.
 * What is known goes on working while the registry is away; `learn` is then `unavailable` for what is not.
 */
export async function registryCodec(
  settings: RegistrySettings,
  declared: (schema: string) => Compatibility = compatibilityOf,
): Promise<Codec> {
  const connection = connectionOf(settings);
  const registry = open(connection);
  const types = loadSchemas();
  const writers = new Map<SchemaName, { type: Type; id: number }>();
  const readers = new Map<number, Reader>();
  const left = [...types];
  const one = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [name, type] = next;
      const id = await register(registry, connection, settings.prefix + name, type, declared(name));
      writers.set(name as SchemaName, { type, id });
      readers.set(id, { schema: name as SchemaName, type, resolver: undefined });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  const strangers = new LRUCache<number, true>({ max: mostUnknown, ttl: askAgain_ms });
  const learn = async (records: readonly Buffer[]): Promise<void> => {
    const unknown = new Set<number>();
    for (const bytes of records) if (isFramed(bytes) && !readers.has(idIn(bytes))) unknown.add(idIn(bytes));
    for (const id of unknown) {
      if (strangers.has(id)) continue;
      const reader = await readerOf(connection, id, types);
      if (reader) readers.set(id, reader);
      else strangers.set(id, true);
    }
  };
  return wireCodec(writers, readers, learn);
}

function open({ host, authorization, agent }: Connection): SchemaRegistry {
  return new SchemaRegistry({
    host,
    ...(agent && { agent }),
    middlewares: [
      () => ({
        prepareRequest: async (next) => {
          const request = await next();
          return authorization === undefined ? request : request.enhance({ headers: { authorization } });
        },
      }),
    ],
    retry: { retries: 2, initialRetryTimeInSecs: 0.1, maxRetryTimeInSecs: 1 },
  });
}

async function register(
  registry: SchemaRegistry,
  connection: Connection,
  subject: string,
  type: Type,
  compatibility: Compatibility,
): Promise<number> {
  const schema = wholeSchema(type) as unknown as Parameters<SchemaRegistry['register']>[0];
  const began = Date.now();
  for (;;) {
    try {
      const options = { subject, compatibility: compatibility as COMPATIBILITY };
      return (await inTime(registry.register(schema, options), deadline_ms)).id;
    } catch (error) {
      const reason = messageOf(error);
      const waited = Date.now() - began;
      // Whoever began at the same moment was first with the subject, and its rule is there, or comes with its next call.
      const passing = /already exists|does not match the configuration|no answer in/i.test(reason);
      if (passing && waited < patience_ms) {
        // It never came, for that process ended in between; or the schema declares another one now.
        if (/does not match the configuration/i.test(reason) && waited > between_ms)
          await requireRule(connection, subject, compatibility);
        await sleep(pause_ms);
        continue;
      }
      const refused = /incompatible|compatib|409|invalid/i.test(reason);
      throw refused
        ? new MillraceError(
            'conflict',
            `the registry refuses schemas/${type.name}.avsc as a version of ${subject}: ${reason}`,
          )
        : new MillraceError('unavailable', `the schema registry did not register ${subject}: ${reason}`, {
            cause: error,
          });
    }
  }
}

/** What the client does only for a subject that it was the first to register. What comes of it the next try tells. */
async function requireRule(connection: Connection, subject: string, compatibility: Compatibility): Promise<void> {
  const path = `/config/${encodeURIComponent(subject)}`;
  await askRegistry(connection, 'PUT', path, { compatibility }).catch(() => undefined);
}

/**
 * Undefined where the registry knows no schema of the id, or one that is none of ours. Error: `unavailable` where it does not
 * tell: nothing follows from that about the record.
 */
async function readerOf(connection: Connection, id: number, types: Map<string, Type>): Promise<Reader | undefined> {
  const found = await askRegistry(connection, 'GET', `/schemas/ids/${id}`).catch((error: unknown) => {
    throw new MillraceError('unavailable', `the schema registry did not tell schema ${id}: ${messageOf(error)}`);
  });
  if (found.status === 404) return undefined;
  if (found.status !== 200)
    throw new MillraceError('unavailable', `the schema registry answers ${found.status} when asked for schema ${id}`);
  try {
    const { schema } = found.answer as { schema: string };
    const writer = avro.Type.forSchema(JSON.parse(schema) as never, { omitRecordMethods: true });
    const type = types.get(writer.name ?? '');
    return type && { schema: writer.name as SchemaName, type, resolver: type.createResolver(writer) };
  } catch {
    // No Avro, or nothing that can be read into what is here: decoding says that the id is unknown.
    return undefined;
  }
}
