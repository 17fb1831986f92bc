import type { Static } from '@sinclair/typebox';
import { cassandraSettings } from './settings/cassandra.ts';
import { edgeSettings } from './settings/edge.ts';
import { elasticsearchSettings } from './settings/elasticsearch.ts';
import { kafkaSettings } from './settings/kafka.ts';
import { objectsSettings } from './settings/objects.ts';
import { operatorsSettings } from './settings/operators.ts';
import { postgresSettings } from './settings/postgres.ts';
import { processSettings } from './settings/process.ts';
import { pushSettings } from './settings/push.ts';
import { redisSettings } from './settings/redis.ts';
import { regionsSettings } from './settings/regions.ts';
import { tracingSettings } from './settings/tracing.ts';

/**
 * Every setting: its environment variable, default, bounds and help. Parsing, `--help`, errors and docs/configuration.md
 * come from here. An empty variable counts as unset.
 */
export const settings = {
  ...processSettings,
  ...edgeSettings,
  ...operatorsSettings,
  ...kafkaSettings,
  ...cassandraSettings,
  ...elasticsearchSettings,
  ...postgresSettings,
  ...redisSettings,
  ...pushSettings,
  ...objectsSettings,
  ...regionsSettings,
  ...tracingSettings,
} as const;

export type Settings = { -readonly [Name in keyof typeof settings]: Static<(typeof settings)[Name]['schema']> };
