import { MillraceError } from '../../platform/errors/error.ts';
import { Environment } from '../../platform/lmdb/environment.ts';
import { KafkaLog } from '../../platform/log/kafka.ts';
import { openCassandraMessages } from '../../platform/messages/cassandra/store.ts';
import { LmdbMessages } from '../../platform/messages/lmdb/store.ts';
import type { MessageStore } from '../../platform/messages/port.ts';
import type { Codec } from '../../platform/schemas/codec.ts';
import { fileCodec } from '../../platform/schemas/files.ts';
import { registryCodec } from '../../platform/schemas/registry.ts';
import { LmdbState } from '../../platform/state/lmdb.ts';
import { EngineUnits } from '../../platform/units/engines.ts';
import { SharedOffsets } from '../../platform/units/shared-offsets.ts';
import type { EngineSettings, LogEngine } from './engines.ts';

export interface KafkaLogHooks {
  onDiskFailure: (error: MillraceError) => void;
  onError: (error: unknown) => void;
}

/** Messages in Cassandra, or in the lmdb of this process, which then has to be the only one. */
async function openMessagesOf(
  settings: EngineSettings,
  environment: Environment,
  codec: Codec,
): Promise<MessageStore & { close(): Promise<void> }> {
  if (settings.store === 'embedded') {
    const messages = new LmdbMessages(environment, codec);
    return Object.assign(messages, { close: async () => undefined });
  }
  const { cassandra_contact_points, cassandra_datacenter, cassandra_replication: copies } = settings;
  if (!cassandra_contact_points)
    throw new MillraceError('config_invalid', 'MILLRACE_STORE=cassandra needs MILLRACE_CASSANDRA_CONTACT_POINTS');
  const { cassandra_username: username, cassandra_password: password = '' } = settings;
  return openCassandraMessages(
    {
      contactPoints: cassandra_contact_points.split(',').map((point) => point.trim()),
      localDataCenter: cassandra_datacenter,
      keyspace: settings.namespace.replaceAll('-', '_'),
      replication: { [cassandra_datacenter]: copies },
      consistency: copies === 1 ? 'one' : 'local_quorum',
      ...(username === undefined ? {} : { credentials: { username, password } }),
    },
    codec,
  );
}

/** The log on Kafka, its records under schemas of a registry where one is named; states in an lmdb of this process. */
export async function openKafkaLog(
  settings: EngineSettings,
  dataDir: string,
  hooks: KafkaLogHooks,
): Promise<LogEngine> {
  const { kafka_brokers, kafka_replication: replication, schema_registry, namespace } = settings;
  if (!kafka_brokers) throw new MillraceError('config_invalid', 'MILLRACE_LOG=kafka needs MILLRACE_KAFKA_BROKERS');
  const brokers = kafka_brokers.split(',').map((broker) => broker.trim());
  const prefix = `${namespace}.`;
  const codec = schema_registry ? await registryCodec({ url: schema_registry, prefix }) : fileCodec();
  const environment = Environment.open(`${dataDir}/state`, { onFailure: hooks.onDiskFailure });
  try {
    const log = await KafkaLog.open({ brokers, client_id: 'millrace', prefix, replication }, codec);
    const shared = await SharedOffsets.open(log, hooks.onError);
    const state = new LmdbState(environment);
    const messages = await openMessagesOf(settings, environment, codec);
    const units = new EngineUnits({ log, messages, environment, state, shared });
    const close = async (): Promise<void> => {
      await shared.close();
      await log.close();
      await messages.close();
      await environment.close();
    };
    return { codec, log, state, units, messages, close };
  } catch (error) {
    await environment.close();
    throw error;
  }
}
