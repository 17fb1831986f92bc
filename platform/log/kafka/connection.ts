import kafkajs, { type ISocketFactory, type Kafka, type KafkaConfig, type logCreator } from 'kafkajs';
import Cluster from 'kafkajs/src/cluster/index.js';
import { createLogger } from 'kafkajs/src/loggers/index.js';
import socketFactory from 'kafkajs/src/network/socketFactory.js';
import { MillraceError, messageOf } from '../../errors/error.ts';

export interface KafkaSettings {
  /** host:port, some of the cluster's brokers. */
  brokers: string[];
  client_id: string;
  /** Before each topic's name, so that several runs can share a cluster. */
  prefix: string;
  /** Of topics that are made. */
  replication: number;
  ssl?: KafkaConfig['ssl'];
  sasl?: KafkaConfig['sasl'];
}

/** No request to a broker may take longer. */
export const deadline_ms = 5000;

const retry = { initialRetryTime: 50, maxRetryTime: 1000, retries: 4 };
/** While a broker is away, every request that waits for it listens to its socket. */
const sockets: ISocketFactory = (options) => socketFactory()(options).setMaxListeners(1000);

/** What kafkajs logs about its retries is told by our own metrics and errors. */
const silent: logCreator = () => () => undefined;

export function openKafka({ brokers, client_id, ssl, sasl }: KafkaSettings): Kafka {
  return new kafkajs.Kafka({
    ...{ brokers, clientId: client_id, retry, logLevel: kafkajs.logLevel.NOTHING, logCreator: silent },
    ...{ connectionTimeout: 3000, requestTimeout: deadline_ms, socketFactory: sockets },
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl }),
  });
}

/** The layer below kafkajs's consumers, with connections of its own. */
export function openCluster({ brokers, client_id, ssl, sasl }: KafkaSettings): Cluster {
  return new Cluster({
    ...{
      logger: createLogger({ level: kafkajs.logLevel.NOTHING, logCreator: silent }),
      socketFactory: sockets,
    },
    ...{ brokers, clientId: client_id, ssl, sasl, retry, isolationLevel: 1 },
    ...{ connectionTimeout: 3000, authenticationTimeout: 3000, reauthenticationThreshold: 10_000 },
    ...{ requestTimeout: deadline_ms, enforceRequestTimeout: true, metadataMaxAge: 60_000 },
    ...{ allowAutoTopicCreation: false, maxInFlightRequests: null },
  });
}

/** Rejects when the work, retries included, is not done in time; what comes of it later is nobody's. */
export async function inTime<Result>(work: Promise<Result>): Promise<Result> {
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

/** What a caller is told when the brokers do not do what they are asked. */
export function unavailable(what: string, error: unknown): MillraceError {
  if (error instanceof MillraceError) return error;
  return new MillraceError('unavailable', `Kafka ${what}: ${messageOf(error)}`, { retryAfter: 1, cause: error });
}
