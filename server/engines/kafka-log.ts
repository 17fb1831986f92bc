import type { Settings } from '../../config/settings.ts';
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
import type { Tracing } from '../../platform/tracing/port.ts';
import { EngineUnits } from '../../platform/units/engines.ts';
import { SharedOffsets } from '../../platform/units/shared-offsets.ts';
import { workersTopic } from '../../runtime/sharing/shared-work.ts';
import type { LogEngine } from './log-engine.ts';
import { cassandraOptions, kafkaSettings, registrySettings, topicPrefix } from './options.ts';

export interface KafkaLogHooks {
  /** Encrypts what this process keeps on its disk. */
  key?: Buffer | undefined;
  onDiskFailure: (error: MillraceError) => void;
  onError: (error: unknown) => void;
  tracing?: Tracing;
  /** Hears, once, why a start waits for brokers. */
  onWait?: (error: unknown) => void;
  /** Hears why records can't be fetched, while that is so. */
  onTrouble?: (error: unknown) => void;
}

/** Brokers that were reached and then say nothing, as busy ones do, or those that start themselves, don't end a start that soon. */
const patience_ms = 30_000;

/** Messages in Cassandra, or in the lmdb of this process, which then has to be the only one. */
async function openMessagesOf(
  settings: Settings,
  environment: Environment,
  codec: Codec,
): Promise<MessageStore & { close(): Promise<void> }> {
  if (settings.store === 'embedded') {
    const messages = new LmdbMessages(environment, codec);
    return Object.assign(messages, { close: async () => undefined });
  }
  return openCassandraMessages(cassandraOptions(settings), codec);
}

/** Two generations that both decide would give one channel two orders. Error: `conflict` where the next one has begun. */
async function refuseOlder(settings: Settings, log: KafkaLog): Promise<void> {
  const next = settings.log_generation + 1;
  if (await log.isBegun(topicPrefix({ ...settings, log_generation: next }) + workersTopic.name))
    throw new MillraceError(
      'conflict',
      `processes were started on generation ${next} of the log: generation ${settings.log_generation} is history. Set MILLRACE_LOG_GENERATION and MILLRACE_PARTITIONS to what \`millrace repartition\` said`,
    );
}

/** The states' folder: what is kept of one generation's offsets means nothing in another. */
function statesFolder(dataDir: string, { log_generation }: Settings): string {
  return log_generation === 1 ? `${dataDir}/state` : `${dataDir}/state-g${log_generation}`;
}

/** The log on Kafka, its records under schemas of a registry where one is named; states in an lmdb of this process. */
export async function openKafkaLog(settings: Settings, dataDir: string, hooks: KafkaLogHooks): Promise<LogEngine> {
  const codec = settings.schema_registry ? await registryCodec(registrySettings(settings)) : fileCodec();
  const environment = Environment.open(statesFolder(dataDir, settings), {
    key: hooks.key,
    onFailure: hooks.onDiskFailure,
  });
  let log: KafkaLog | undefined;
  try {
    log = await KafkaLog.open(kafkaSettings(settings), codec, { ...hooks, patience_ms });
    await refuseOlder(settings, log);
    const shared = await SharedOffsets.open(log, hooks.onError);
    const state = new LmdbState(environment);
    const messages = await openMessagesOf(settings, environment, codec);
    const units = new EngineUnits({ log, messages, environment, state, shared });
    const open = log;
    const close = async (): Promise<void> => {
      await shared.close();
      await open.close();
      await messages.close();
      await environment.close();
    };
    return { codec, log, state, units, messages, handOver: () => units.flush(), close };
  } catch (error) {
    await log?.close();
    await environment.close();
    throw error;
  }
}
