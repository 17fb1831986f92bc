import type { Logger } from 'pino';
import type { Settings } from '../../config/settings.ts';
import type { Directory } from '../../platform/directory/port.ts';
import { openPostgresDirectory } from '../../platform/directory/postgres.ts';
import { openDirectory } from '../../platform/directory/sqlite.ts';
import { catalogue } from '../../platform/errors/catalogue.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import type { Log } from '../../platform/log/port.ts';
import type { MessageStore } from '../../platform/messages/port.ts';
import { MemoryPresence } from '../../platform/presence/memory.ts';
import type { Presence } from '../../platform/presence/port.ts';
import type { Codec } from '../../platform/schemas/codec.ts';
import { openElasticsearch } from '../../platform/search/elasticsearch.ts';
import type { SearchIndex } from '../../platform/search/port.ts';
import { openSearch } from '../../platform/search/sqlite.ts';
import type { StateStore } from '../../platform/state/port.ts';
import type { Units } from '../../platform/units/port.ts';
import { openEmbeddedLog } from './embedded-log.ts';
import { openKafkaLog } from './kafka-log.ts';

/** The log with what moves together with it. */
export interface LogEngine {
  codec: Codec;
  log: Log;
  state: StateStore;
  units: Units;
  messages: MessageStore;
  close(): Promise<void>;
}

/** Every port of a process, each on the engine that its setting names. */
export interface Engines extends LogEngine {
  directory: Directory;
  search: SearchIndex;
  presence: Presence;
  /** False once a part of this process ended by itself. */
  whole(): boolean;
}

export type EngineSettings = Pick<
  Settings,
  | 'log'
  | 'kafka_brokers'
  | 'kafka_replication'
  | 'schema_registry'
  | 'namespace'
  | 'store'
  | 'cassandra_contact_points'
  | 'cassandra_datacenter'
  | 'cassandra_replication'
  | 'cassandra_username'
  | 'cassandra_password'
  | 'directory'
  | 'postgres_url'
  | 'search'
  | 'elasticsearch_url'
>;

/** Errors leave nothing open: `unavailable` for an engine that does not answer, `data_newer`, `conflict`. */
export async function openEngines(settings: EngineSettings, dataDir: string, logger: Logger): Promise<Engines> {
  const opened: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of opened.splice(0).reverse()) await end();
  };
  // The disk refused: memory is ahead of it, and the one thing to do is to begin again from what the disk holds.
  const onDiskFailure = (error: MillraceError): void => {
    logger.fatal({ error: error.detail }, 'the disk refused a write: ending this process');
    process.exit(catalogue.unavailable.exit);
  };
  // A crashed worker isn't begun again: its calls answer 503, and /readyz says so, until the process is started anew.
  let crashed = false;
  const onCrash = (error: MillraceError): void => {
    crashed = true;
    logger.fatal({ error: error.detail }, 'a worker thread ended by itself: restart this process');
  };
  if (settings.log === 'embedded' && settings.store !== 'embedded')
    throw new MillraceError(
      'config_invalid',
      'MILLRACE_STORE=cassandra needs MILLRACE_LOG=kafka: the embedded log and its store are one',
    );
  try {
    const onError = (error: unknown): void => logger.warn({ error }, 'offsets were not told to other processes yet');
    const engine =
      settings.log === 'kafka'
        ? await openKafkaLog(settings, dataDir, { onDiskFailure, onError })
        : openEmbeddedLog(dataDir, onDiskFailure);
    opened.push(() => engine.close());
    const directory = await openDirectoryOf(settings, dataDir, logger, onCrash);
    opened.push(() => directory.close());
    const search = await openSearchOf(settings, dataDir, onCrash);
    opened.push(() => search.close());
    const presence = new MemoryPresence();
    opened.push(() => presence.close());
    return { ...engine, directory, search, presence, whole: () => !crashed, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function openSearchOf(
  { search, elasticsearch_url, namespace }: EngineSettings,
  dataDir: string,
  onCrash: (error: MillraceError) => void,
): Promise<SearchIndex> {
  if (search === 'embedded') return openSearch({ folder: `${dataDir}/search`, onCrash });
  if (!elasticsearch_url)
    throw new MillraceError('config_invalid', 'MILLRACE_SEARCH=elasticsearch needs MILLRACE_ELASTICSEARCH_URL');
  return openElasticsearch({ urls: elasticsearch_url.split(','), prefix: namespace });
}

function openDirectoryOf(
  { directory, postgres_url }: EngineSettings,
  dataDir: string,
  logger: Logger,
  onCrash: (error: MillraceError) => void,
): Promise<Directory> {
  if (directory === 'embedded') return openDirectory({ file: `${dataDir}/directory.sqlite`, onCrash });
  if (!postgres_url)
    throw new MillraceError('config_invalid', 'MILLRACE_DIRECTORY=postgres needs MILLRACE_POSTGRES_URL');
  const onIdleError = (error: Error): void => logger.warn({ error }, 'a connection to PostgreSQL broke');
  return openPostgresDirectory({ url: postgres_url, onIdleError });
}
