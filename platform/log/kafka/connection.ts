import { readFileSync } from 'node:fs';
import kafkajs, { type ISocketFactory, type Kafka, type KafkaConfig, type logCreator } from 'kafkajs';
import Cluster from 'kafkajs/src/cluster/index.js';
import { createLogger } from 'kafkajs/src/loggers/index.js';
import socketFactory from 'kafkajs/src/network/socketFactory.js';
import './idle-queue.ts';
import './whole-responses.ts';
import { MillraceError, messageOf } from '../../errors/error.ts';

export interface KafkaSettings {
  /** host:port, some of the cluster's brokers. */
  brokers: string[];
  client_id: string;
  /** Before each topic's name, so that several runs can share a cluster. */
  prefix: string;
  /** Of topics that are made. */
  replication: number;
  /** `ca`: file with the authorities that brokers' certificates may come from; undefined: those of Node. */
  tls?: { ca: string | undefined };
  sasl?: { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string };
}

/** No call may take longer, but for an append. */
export const deadline_ms = 5000;
/** One request to one broker: one that says nothing for so long is asked no more, and another one may lead by then. */
const request_ms = 3000;

const retry = { initialRetryTime: 50, maxRetryTime: 1000, retries: 4 };
/** While a broker is away, every request that waits for it listens to its socket. */
const sockets: ISocketFactory = (options) => socketFactory()(options).setMaxListeners(1000);

/** What kafkajs logs about its retries is told by our own metrics and errors. */
const silent: logCreator = () => () => undefined;

/** What both layers are told about how to speak to brokers. */
function security({ tls, sasl }: KafkaSettings): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  return {
    ...(tls === undefined ? {} : { ssl: tls.ca === undefined ? true : { ca: [readFileSync(tls.ca)] } }),
    ...(sasl === undefined ? {} : { sasl: sasl as NonNullable<KafkaConfig['sasl']> }),
  };
}

export function openKafka(settings: KafkaSettings): Kafka {
  const { brokers, client_id } = settings;
  return new kafkajs.Kafka({
    ...{ brokers, clientId: client_id, retry, logLevel: kafkajs.logLevel.NOTHING, logCreator: silent },
    ...{ connectionTimeout: 3000, requestTimeout: request_ms, socketFactory: sockets },
    ...security(settings),
  });
}

/** The layer below kafkajs's consumers, with connections of its own. */
export function openCluster(settings: KafkaSettings): Cluster {
  const { brokers, client_id } = settings;
  return new Cluster({
    ...{
      logger: createLogger({ level: kafkajs.logLevel.NOTHING, logCreator: silent }),
      socketFactory: sockets,
    },
    ...{ brokers, clientId: client_id, ...security(settings), retry, isolationLevel: 1 },
    ...{ connectionTimeout: 3000, authenticationTimeout: 3000, reauthenticationThreshold: 10_000 },
    ...{ requestTimeout: request_ms, enforceRequestTimeout: true, metadataMaxAge: 60_000 },
    ...{ allowAutoTopicCreation: false, maxInFlightRequests: null },
  });
}

/** kafkajs takes that no broker answered for metadata of nothing, and trips over it. */
function isOfNoMetadata(error: unknown): boolean {
  return error instanceof TypeError && error.message.includes("'topicMetadata'");
}

const unanswered = new Set(['KafkaJSConnectionError', 'KafkaJSConnectionClosedError']);

/** Whether no broker answered: one may when it is asked again. */
export function isUnanswered(error: unknown): boolean {
  return isOfNoMetadata(error) || isSilent(error) || inChain(error, ({ name }) => unanswered.has(name));
}

/** Whether a broker took its time for longer than one may, and refused nothing. By what kafkajs says of such and of those that it gave up. */
export function isSilent(error: unknown): boolean {
  return inChain(
    error,
    ({ name, message }) =>
      name === 'KafkaJSRequestTimeoutError' || message === 'Connection timeout' || message === 'Broker not connected',
  );
}

/** Of an error, or of what it came of. */
function inChain(error: unknown, is: (error: Error) => boolean): boolean {
  return error instanceof Error && (is(error) || inChain(error.cause, is));
}

/** What a caller is told when the brokers do not do what they are asked. */
export function unavailable(what: string, error: unknown): MillraceError {
  if (error instanceof MillraceError) return error;
  const reason = isOfNoMetadata(error) ? 'no broker answered' : messageOf(error);
  return new MillraceError('unavailable', `Kafka ${what}: ${reason}`, { retryAfter: 1, cause: error });
}
