import { setTimeout as sleep } from 'node:timers/promises';
import type Cluster from 'kafkajs/src/cluster/index.js';
import type { FetchedMessage } from 'kafkajs/src/cluster/index.js';
import { MillraceError } from '../../errors/error.ts';
import type { LogRecord } from '../port.ts';
import type { Subscription } from './subscription.ts';

/** How long a broker may wait for a first record; a new reader waits at most this long for its turn. */
const longest_ms = 100;
const pause_ms = 100;
const partitionBytes = 1024 * 1024;
const fetchBytes = 8 * 1024 * 1024;

export interface LaneHooks {
  /** Makes records of what a broker gave. */
  records(topic: string, partition: number, messages: FetchedMessage[]): Promise<LogRecord[]>;
  /** The first offset kept, of a partition whose reader asks for one that is not there. */
  start(topic: string, partition: number): Promise<number>;
}

/**
 * Fetches for readers of different partitions, with connections of its own: a loop for each broker that leads some of
 * them, a request at a time. Whatever fails is tried again after a pause, with the cluster's metadata read anew: a reader
 * waits while its broker is away.
 */
export class Lane {
  readonly subscriptions = new Set<Subscription>();
  private readonly loops = new Map<string, Promise<void>>();
  private waking: (() => void)[] = [];
  private closed = false;

  constructor(
    private readonly cluster: Cluster,
    private readonly hooks: LaneHooks,
  ) {}

  /** Whether this lane may take a reader of the partition: a request names each partition once. */
  isFree(topic: string, partition: number): boolean {
    for (const other of this.subscriptions) if (other.topic === topic && other.partition === partition) return false;
    return true;
  }

  add(subscription: Subscription): void {
    this.subscriptions.add(subscription);
    void this.route([subscription]);
  }

  /** Something changed: readers that went, or want more. */
  changed(): void {
    for (const subscription of this.subscriptions) if (subscription.closed) this.subscriptions.delete(subscription);
    for (const wake of this.waking.splice(0)) wake();
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const subscription of this.subscriptions) subscription.close();
    this.changed();
    await Promise.all(this.loops.values());
    await this.cluster.disconnect();
  }

  /** Sees to it that each leader of these has a loop. */
  private async route(subscriptions: Iterable<Subscription>): Promise<void> {
    while (!this.closed) {
      try {
        const list = [...subscriptions];
        await this.cluster.addMultipleTargetTopics([...new Set(list.map(({ topic }) => topic))]);
        for (const { topic, partition } of list)
          for (const nodeId of Object.keys(this.cluster.findLeaderForPartitions(topic, [partition])))
            if (!this.loops.has(nodeId)) this.loops.set(nodeId, this.loop(nodeId));
        this.changed();
        return;
      } catch {
        // No leader is known, or no broker answers: the readers wait.
        await sleep(pause_ms);
        await this.cluster.refreshMetadata().catch(() => undefined);
      }
    }
  }

  private async loop(nodeId: string): Promise<void> {
    while (!this.closed) {
      const wanted = this.wantedFrom(nodeId);
      if (wanted.length === 0) {
        await new Promise<void>((resolve) => this.waking.push(resolve));
        continue;
      }
      try {
        await this.fetch(nodeId, wanted);
      } catch (error) {
        if (this.closed) return;
        if ((error as { type?: string }).type === 'OFFSET_OUT_OF_RANGE') await this.findLost(wanted);
        await sleep(pause_ms);
        await this.cluster.refreshMetadata().catch(() => undefined);
        await this.route(this.subscriptions);
      }
    }
  }

  private wantedFrom(nodeId: string): Subscription[] {
    return [...this.subscriptions].filter(({ topic, partition, wantsMore }) => {
      if (!wantsMore) return false;
      try {
        return nodeId in this.cluster.findLeaderForPartitions(topic, [partition]);
      } catch {
        // Its metadata is on its way: `route` wakes this loop.
        return false;
      }
    });
  }

  private async fetch(nodeId: string, wanted: Subscription[]): Promise<void> {
    const topics = new Map<string, { partition: number; fetchOffset: string; maxBytes: number }[]>();
    const asked = new Map<string, { subscription: Subscription; offset: number }>();
    for (const subscription of wanted) {
      const { topic, partition } = subscription;
      const offset = subscription.offset!;
      asked.set(`${topic}/${partition}`, { subscription, offset });
      const list = topics.get(topic) ?? [];
      list.push({ partition, fetchOffset: String(offset), maxBytes: partitionBytes });
      topics.set(topic, list);
    }
    const broker = await this.cluster.findBroker({ nodeId });
    const { responses } = await broker.fetch({
      ...{ maxWaitTime: longest_ms, minBytes: 1, maxBytes: fetchBytes, isolationLevel: 1 },
      topics: [...topics].map(([topic, partitions]) => ({ topic, partitions })),
    });
    for (const { topicName, partitions } of responses) {
      for (const { partition, messages } of partitions) {
        const { subscription, offset } = asked.get(`${topicName}/${partition}`)!;
        // A broker gives whole batches, which may begin before what was asked for.
        const fresh = messages.filter((message) => Number(message.offset) >= offset);
        if (fresh.length === 0) continue;
        const records = await this.hooks.records(
          topicName,
          partition,
          fresh.filter((one) => !one.isControlRecord),
        );
        subscription.deliver(records, Number(fresh.at(-1)!.offset) + 1);
      }
    }
  }

  /** Tells readers whose next record is no longer kept. */
  private async findLost(wanted: Subscription[]): Promise<void> {
    for (const subscription of wanted) {
      const { topic, partition } = subscription;
      const offset = subscription.offset!;
      const start = await this.hooks.start(topic, partition).catch(() => 0);
      if (offset < start)
        subscription.fail(
          new MillraceError('conflict', `offset ${offset} is no longer kept; the first one is ${start}`),
        );
    }
  }
}
