import type { Log, TopicSpec } from '../../platform/log/port.ts';
import { parseDuration } from '../duration.ts';
import type { Plans, TopologyPlan } from './plan.ts';

export interface RunnerOptions {
  /** Partition count of topics with `partitions: channels`. Final once chosen. */
  partitions: number;
  /** Gateway slots: each has a topic of its own. */
  gateways: string[];
}

/** The topics of a deployment, families written out. */
export function topicSpecs(plans: Pick<Plans, 'topics'>, options: RunnerOptions): TopicSpec[] {
  return Object.entries(plans.topics).flatMap(([name, entry]) => {
    const spec = {
      partitions: entry.partitions === 'channels' ? options.partitions : entry.partitions,
      retention_ms: entry.retention === undefined ? null : parseDuration(entry.retention)!,
      compact: entry.compact ?? false,
      volatile: entry.volatile ?? false,
    };
    return entry.family ? options.gateways.map((slot) => ({ name: `${name}_${slot}`, ...spec })) : [{ name, ...spec }];
  });
}

/** In how many partitions a topology runs: as many as its first source has, of topics that are not read whole. */
export function partitionsOf(plan: TopologyPlan, log: Pick<Log, 'topic'>): number {
  const counts = plan.nodes.flatMap((node) =>
    (node.kind === 'source' || node.kind === 'table') && !node.broadcast ? [log.topic(node.topic)!.partitions] : [],
  );
  return counts[0] ?? 1;
}
