import { hostname } from 'node:os';
import type { Settings } from '../../config/settings.ts';
import type { KafkaSettings } from '../../platform/log/kafka/connection.ts';
import type { CassandraOptions } from '../../platform/messages/cassandra/session.ts';
import type { RegistrySettings } from '../../platform/schemas/registry/connection.ts';
import type { ElasticsearchOptions } from '../../platform/search/elasticsearch.ts';

// What each engine is opened with, for settings that config/checks.ts has found to go together.

export function kafkaSettings(settings: Settings): KafkaSettings {
  const { kafka_sasl: mechanism, kafka_username: username = '', kafka_password: password = '' } = settings;
  return {
    brokers: listOf(settings.kafka_brokers!),
    client_id: 'millrace',
    prefix: topicPrefix(settings),
    replication: settings.kafka_replication,
    ...(settings.kafka_tls === 'on' ? { tls: { ca: settings.kafka_ca } } : {}),
    ...(mechanism === undefined ? {} : { sasl: { mechanism, username, password } }),
  };
}

/** Topics of every generation but the first have its number in their names. Schemas, tables and indices are those of all. */
export function topicPrefix({ namespace, log_generation }: Pick<Settings, 'namespace' | 'log_generation'>): string {
  return log_generation === 1 ? `${namespace}.` : `${namespace}.g${log_generation}.`;
}

export function registrySettings(settings: Settings): RegistrySettings {
  return {
    url: settings.schema_registry!,
    prefix: `${settings.namespace}.`,
    ca: settings.schema_registry_ca,
    token: settings.schema_registry_token,
  };
}

export function cassandraOptions(settings: Settings): CassandraOptions {
  const { cassandra_datacenter, cassandra_replication: copies } = settings;
  const { cassandra_username: username, cassandra_password: password = '' } = settings;
  return {
    contactPoints: listOf(settings.cassandra_contact_points!),
    localDataCenter: cassandra_datacenter,
    keyspace: settings.namespace.replaceAll('-', '_'),
    replication: { [cassandra_datacenter]: copies },
    consistency: copies === 1 ? 'one' : 'local_quorum',
    ...(username === undefined ? {} : { credentials: { username, password } }),
    ...(settings.cassandra_tls === 'on' ? { tls: { ca: settings.cassandra_ca } } : {}),
  };
}

export function elasticsearchOptions(settings: Settings): ElasticsearchOptions {
  return {
    urls: listOf(settings.elasticsearch_url!),
    ca: settings.elasticsearch_ca,
    apiKey: settings.elasticsearch_api_key,
    prefix: settings.namespace,
  };
}

export function redisOptions({ redis_url, redis_ca, namespace }: Settings) {
  return {
    url: redis_url!,
    ca: redis_ca,
    prefix: `${namespace}:`,
    // Where operators find the process that holds a device; in Kubernetes a host's name is its pod's.
    gateway: `${hostname()}/${process.pid}`,
  };
}

function listOf(text: string): string[] {
  return text.split(',').map((part) => part.trim());
}
