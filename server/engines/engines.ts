import type { Logger } from 'pino';
import { keyBytes } from '../../config/encryption-key.ts';
import type { Settings } from '../../config/settings.ts';
import type { Directory } from '../../platform/directory/port.ts';
import { openDirectory } from '../../platform/directory/sqlite.ts';
import { catalogue } from '../../platform/errors/catalogue.ts';
import { type MillraceError, messageOf } from '../../platform/errors/error.ts';
import { isHot } from '../../platform/messages/cold/hot.ts';
import { TieredMessages } from '../../platform/messages/cold/tiered.ts';
import type { Objects } from '../../platform/objects/port.ts';
import { MemoryPresence } from '../../platform/presence/memory.ts';
import type { Presence } from '../../platform/presence/port.ts';
import { MemoryRates } from '../../platform/rates/memory.ts';
import type { Rates } from '../../platform/rates/port.ts';
import type { SearchIndex } from '../../platform/search/port.ts';
import { openSearch } from '../../platform/search/sqlite.ts';
import { noTracing, type Tracing } from '../../platform/tracing/port.ts';
import { openEmbeddedLog } from './embedded-log.ts';
import type { LogEngine } from './log-engine.ts';
import { openObjects } from './objects.ts';
import { elasticsearchOptions, redisOptions } from './options.ts';

/** Every port of a process, each on the engine that its setting names. */
export interface Engines extends LogEngine {
  directory: Directory;
  search: SearchIndex;
  presence: Presence;
  rates: Rates;
  objects: Objects;
  /** The messages, where they can go cold; undefined where they stay. */
  tiered: TieredMessages | undefined;
  /** False once a part of this process ended by itself. */
  whole(): boolean;
}

/**
 * What an engine needs is set where it is chosen: config/checks.ts. An engine's client is loaded where the engine is chosen:
 * together they are a third of a start. Errors leave nothing open: `unavailable` for an engine that does not answer,
 * `data_newer`, `data_key_wrong`, `conflict`.
 */
export async function openEngines(
  settings: Settings,
  dataDir: string,
  logger: Logger,
  tracing: Tracing = noTracing,
): Promise<Engines> {
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
  const key = settings.encryption_key === undefined ? undefined : keyBytes(settings.encryption_key);
  try {
    const onError = (error: unknown): void => logger.warn({ error }, 'offsets were not told to other processes yet');
    const engine =
      settings.log === 'kafka'
        ? await (await import('./kafka-log.ts')).openKafkaLog(settings, dataDir, {
            key,
            onDiskFailure,
            onError,
            onWait: (error) =>
              logger.warn(
                { error: messageOf(error) },
                'Kafka was reached and says nothing: this start asks again for a while',
              ),
            onTrouble: (error) =>
              logger.warn({ error: messageOf(error) }, 'records can’t be fetched from Kafka for now: readers wait'),
            tracing,
          })
        : openEmbeddedLog(dataDir, key, onDiskFailure);
    opened.push(() => engine.close());
    const objects = await openObjects(settings, dataDir, key);
    opened.push(() => objects.close());
    const tiered = isHot(engine.messages) ? new TieredMessages(engine.messages, objects, engine.codec) : undefined;
    const directory = await openDirectoryOf(settings, { dataDir, key, onCrash }, logger);
    opened.push(() => directory.close());
    const search = await openSearchOf(settings, { dataDir, key, onCrash });
    opened.push(() => search.close());
    const presence = await openPresenceOf(settings, logger);
    opened.push(() => presence.close());
    const rates = await openRatesOf(settings, logger);
    opened.push(() => rates.close());
    const messages = tiered ?? engine.messages;
    return { ...engine, messages, tiered, objects, directory, search, presence, rates, whole: () => !crashed, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Of 5 s in which a change is to be found; batches of all partitions come within the half second that each gathers. */
const searchPatience_ms = 300;

/** What the embedded stores are opened with. */
interface Embedded {
  dataDir: string;
  key: Buffer | undefined;
  onCrash: (error: MillraceError) => void;
}

async function openSearchOf(settings: Settings, { dataDir, key, onCrash }: Embedded): Promise<SearchIndex> {
  if (settings.search === 'embedded')
    return openSearch({ folder: `${dataDir}/search`, key, onCrash, patience_ms: searchPatience_ms });
  const { openElasticsearch } = await import('../../platform/search/elasticsearch.ts');
  return openElasticsearch(elasticsearchOptions(settings));
}

async function openDirectoryOf(
  { directory, postgres_url }: Settings,
  { dataDir, key, onCrash }: Embedded,
  logger: Logger,
): Promise<Directory> {
  if (directory === 'embedded') return openDirectory({ file: `${dataDir}/directory.sqlite`, key, onCrash });
  const { openPostgresDirectory } = await import('../../platform/directory/postgres.ts');
  const onIdleError = (error: Error): void =>
    logger.warn({ error: messageOf(error) }, 'a connection to PostgreSQL broke');
  return openPostgresDirectory({ url: postgres_url!, onIdleError });
}

async function openPresenceOf(settings: Settings, logger: Logger): Promise<Presence> {
  if (settings.presence === 'embedded') return new MemoryPresence();
  const { openRedisPresence } = await import('../../platform/presence/redis.ts');
  return openRedisPresence({
    ...redisOptions(settings),
    onError: (error) => logger.warn({ error: messageOf(error) }, 'Redis does not answer: presence says offline'),
  });
}

/** Where presence is kept: what many processes share of people who are here. */
async function openRatesOf(settings: Settings, logger: Logger): Promise<Rates> {
  if (settings.presence === 'embedded') return new MemoryRates();
  const { openRedisRates } = await import('../../platform/rates/redis.ts');
  return openRedisRates({
    ...redisOptions(settings),
    onError: (error) => logger.warn({ error: messageOf(error) }, 'Redis does not answer: each gateway limits alone'),
  });
}
