import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type Admin } from 'kafkajs';
import { partitionsAreFinal } from '../memory.ts';
import type { TopicSpec } from '../port.ts';
import { isUnanswered } from './connection.ts';
import type { Patience } from './patience.ts';

/** Volatile topics that name no retention keep this much: their readers are gone by then. */
const volatile_ms = 10 * 60_000;
/** Kafka's own default. Only a segment that is closed is deleted or compacted, so short retention needs short segments. */
const segment_ms = 7 * 86_400_000;
const day_ms = 86_400_000;

/**
 * Larger than any record: a command comes from a call's body of 4 MiB at most, and brings a message whose texts, mentions and
 * reactions are bounded (docs/features.md).
 */
const largestRecord = 8 * 1024 * 1024;

/** What of a topic with so many copies is declared and not left to the broker's defaults. */
export function configOf({ retention_ms, compact, volatile }: TopicSpec, copies: number): { [name: string]: string } {
  const kept = retention_ms === null && volatile && !compact ? volatile_ms : retention_ms;
  return {
    'message.timestamp.type': 'LogAppendTime',
    'cleanup.policy': compact ? (kept === null ? 'compact' : 'compact,delete') : 'delete',
    'max.message.bytes': String(largestRecord),
    'retention.ms': String(kept ?? -1),
    // What is acknowledged is on most copies, so that the loss of one loses nothing; with two, one must do while the other is away.
    'min.insync.replicas': String(copies >= 3 ? Math.floor(copies / 2) + 1 : 1),
    // What comes late, from a process that had been taken for dead, is put right before anything is taken away for it.
    ...(compact ? { 'min.compaction.lag.ms': String(Math.min(day_ms, kept ?? day_ms)) } : {}),
    'segment.ms': String(kept === null ? segment_ms : Math.min(segment_ms, Math.ceil(kept / 2))),
  };
}

/** Errors of a topic that was made a moment ago, or by another process at the same time. */
const passing = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'TOPIC_ALREADY_EXISTS']);
const tries = 40;
const pause_ms = 150;

/**
 * `declareOnce`, until `known` resolves, too: brokers know of what was made, by this process or by one that began at the same
 * moment, only a little later. One that says nothing is asked again while there is patience.
 */
export async function declareTopics(
  admin: Admin,
  specs: TopicSpec[],
  { prefix, replication, patience }: { prefix: string; replication: number; patience: Patience },
  known: () => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await declareOnce(admin, specs, prefix, replication);
      return await known();
    } catch (error) {
      const passes = attempt < tries && typesOf(error).some((type) => passing.has(type));
      if (!passes && !(isUnanswered(error) && Date.now() < patience.until)) throw error;
      if (!passes) patience.waits(error);
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
        configEntries: Object.entries(configOf(spec, replication)).map(([name, value]) => ({ name, value })),
      })),
    });
  }
  const present = specs.filter((spec) => !missing.includes(spec));
  if (present.length === 0) return;
  await alterConfigs(admin, present, prefix, await checkCounts(admin, present, prefix));
}

/** Resolves with how many copies each topic has, which may be fewer than are made now. */
async function checkCounts(admin: Admin, specs: TopicSpec[], prefix: string): Promise<Map<string, number>> {
  const { topics } = await admin.fetchTopicMetadata({ topics: specs.map(({ name }) => prefix + name) });
  const counts = new Map(topics.map(({ name, partitions }) => [name, partitions.length]));
  for (const spec of specs) {
    const partitions = counts.get(prefix + spec.name)!;
    if (partitions === spec.partitions) continue;
    const wayOut =
      partitions < spec.partitions ? '; `millrace repartition` moves all of it to new topics with more' : '';
    throw partitionsAreFinal({ ...spec, partitions }, spec, wayOut);
  }
  return new Map(topics.map(({ name, partitions }) => [name, fewestCopies(partitions)]));
}

export function fewestCopies(partitions: { replicas: number[] }[]): number {
  return Math.min(...partitions.map(({ replicas }) => replicas.length));
}

async function alterConfigs(
  admin: Admin,
  specs: TopicSpec[],
  prefix: string,
  copies: ReadonlyMap<string, number>,
): Promise<void> {
  const declared = (spec: TopicSpec) => Object.entries(configOf(spec, copies.get(prefix + spec.name)!));
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
    declared(spec).some(([name, value]) => set.get(prefix + spec.name)?.get(name) !== value),
  );
  if (changed.length === 0) return;
  await admin.alterConfigs({
    validateOnly: false,
    resources: changed.map((spec) => ({
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name: prefix + spec.name,
      configEntries: declared(spec).map(([name, value]) => ({ name, value })),
    })),
  });
}
