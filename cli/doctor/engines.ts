import { resolve } from 'node:path';
import { defaultTopologies } from '../../config/folders.ts';
import type { Settings } from '../../config/settings.ts';
import { postgresChecks } from '../../platform/directory/postgres/doctor.ts';
import { type Finding, look } from '../../platform/doctor.ts';
import { kafkaChecks } from '../../platform/log/kafka/doctor.ts';
import type { TopicSpec } from '../../platform/log/port.ts';
import { cassandraChecks } from '../../platform/messages/cassandra/doctor.ts';
import { redisChecks } from '../../platform/presence/redis/doctor.ts';
import { registryChecks } from '../../platform/schemas/doctor.ts';
import { elasticsearchChecks } from '../../platform/search/elasticsearch/doctor.ts';
import { topicSpecs } from '../../runtime/topology/topic-specs.ts';
import {
  cassandraOptions,
  elasticsearchOptions,
  kafkaSettings,
  redisOptions,
  registrySettings,
} from '../../server/engines/options.ts';
import { checkedPlans } from '../topologies.ts';

/** The engines that settings choose, all at once; embedded ones are this process's own and have nothing to ask. */
export async function engineChecks(settings: Settings): Promise<Finding[]> {
  const { log, store, search, directory, presence } = settings;
  const found = await Promise.all([
    log === 'kafka' && kafka(settings),
    log === 'kafka' && settings.schema_registry !== undefined && registryChecks(registrySettings(settings)),
    store === 'cassandra' && cassandraChecks(cassandraOptions(settings)),
    search === 'elasticsearch' && elasticsearchChecks(elasticsearchOptions(settings)),
    directory === 'postgres' && postgresChecks(settings.postgres_url!),
    presence === 'redis' && redisChecks(redisOptions(settings)),
  ]);
  return found.flatMap((findings) => findings || []);
}

async function kafka(settings: Settings): Promise<Finding[]> {
  return look('kafka', 'Check the topology files with `millrace lint`.', async () =>
    kafkaChecks(kafkaSettings(settings), await declared(settings)),
  );
}

/** The topics of the folder that a start would put into force. */
async function declared({ topologies, processors, partitions, gateways }: Settings): Promise<TopicSpec[]> {
  const plans = await checkedPlans(resolve(topologies ?? defaultTopologies), processors);
  return topicSpecs(plans, { partitions, gateways: Array.from({ length: gateways }, (_, slot) => String(slot)) });
}
