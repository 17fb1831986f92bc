import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type Admin } from 'kafkajs';
import { partitionsAreFinal } from '../memory.ts';
import type { TopicSpec } from '../port.ts';

/** Volatile topics keep this much, whatever they say: their readers are gone by then. */
const volatile_ms = 10 * 60_000;

/** What of a topic is declared and not left to the broker's defaults. */
function configOf({ retention_ms, compact, volatile }: TopicSpec): { [name: string]: string } {
  const kept = volatile ? Math.min(retention_ms ?? volatile_ms, volatile_ms) : retention_ms;
  return {
    'message.timestamp.type': 'LogAppendTime',
    'cleanup.policy': compact ? (kept === null ? 'compact' : 'compact,delete') : 'delete',
    'retention.ms': String(kept ?? -1),
  };
}

/** Errors of a topic that was made a moment ago, or by another process at the same time. */
const passing = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'TOPIC_ALREADY_EXISTS']);
const tries = 20;
const pause_ms = 150;

/** `declareOnce`, until the brokers all know of what was made. */
export async function declareTopics(
  admin: Admin,
  specs: TopicSpec[],
  prefix: string,
  replication: number,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await declareOnce(admin, specs, prefix, replication);
    } catch (error) {
      if (attempt === tries || !typesOf(error).some((type) => passing.has(type))) throw error;
      await sleep(pause_ms);
    }
  }
}

/** The types of an error of kafkajs and of those that it stands for. */
function typesOf(error: unknown): string[] {
  const { type, errors = [], cause } = error as { type?: string; errors?: unknown[]; cause?: unknown };
  return [...(type ? [type] : []), ...errors.flatMap(typesOf), ...(cause ? typesOf(cause) : [])];
}

/** Makes topics that are missing, and gives those that are there the settings that are declared. Names are prefixed. */
async function declareOnce(admin: Admin, specs: TopicSpec[], prefix: string, replication: number): Promise<void> {
  const known = new Set(await admin.listTopics());
  const missing = specs.filter(({ name }) => !known.has(prefix + name));
  if (missing.length > 0) {
    await admin.createTopics({
      waitForLeaders: true,
      timeout: 15_000,
      topics: missing.map((spec) => ({
        topic: prefix + spec.name,
        numPartitions: spec.partitions,
        replicationFactor: replication,
        configEntries: Object.entries(configOf(spec)).map(([name, value]) => ({ name, value })),
      })),
    });
  }
  const present = specs.filter((spec) => !missing.includes(spec));
  if (present.length === 0) return;
  await checkCounts(admin, present, prefix);
  await alterConfigs(admin, present, prefix);
}

async function checkCounts(admin: Admin, specs: TopicSpec[], prefix: string): Promise<void> {
  const { topics } = await admin.fetchTopicMetadata({ topics: specs.map(({ name }) => prefix + name) });
  const counts = new Map(topics.map(({ name, partitions }) => [name, partitions.length]));
  for (const spec of specs) {
    const partitions = counts.get(prefix + spec.name)!;
    if (partitions !== spec.partitions) throw partitionsAreFinal({ ...spec, partitions }, spec);
  }
}

async function alterConfigs(admin: Admin, specs: TopicSpec[], prefix: string): Promise<void> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: specs.map(({ name }) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name: prefix + name })),
  });
  const set = new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
    ]),
  );
  const changed = specs.filter((spec) =>
    Object.entries(configOf(spec)).some(([name, value]) => set.get(prefix + spec.name)?.get(name) !== value),
  );
  if (changed.length === 0) return;
  await admin.alterConfigs({
    validateOnly: false,
    resources: changed.map((spec) => ({
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name: prefix + spec.name,
      configEntries: Object.entries(configOf(spec)).map(([name, value]) => ({ name, value })),
    })),
  });
}
