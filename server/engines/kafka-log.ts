import { MillraceError } from '../../platform/errors/error.ts';
import { Environment } from '../../platform/lmdb/environment.ts';
import { KafkaLog } from '../../platform/log/kafka.ts';
import { LmdbMessages } from '../../platform/messages/lmdb/store.ts';
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
    const messages = new LmdbMessages(environment, codec);
    const units = new EngineUnits({ log, messages, environment, state, shared });
    const close = async (): Promise<void> => {
      await shared.close();
      await log.close();
      await environment.close();
    };
    return { codec, log, state, units, messages, close };
  } catch (error) {
    await environment.close();
    throw error;
  }
}
