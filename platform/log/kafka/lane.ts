import { setTimeout as sleep } from 'node:timers/promises';
import type Cluster from 'kafkajs/src/cluster/index.js';
import type { FetchedMessage, FetchResponse } from 'kafkajs/src/cluster/index.js';
import { MillraceError } from '../../errors/error.ts';
import type { LogRecord } from '../port.ts';
import type { Subscription } from './subscription.ts';

/** How long a broker may wait for a first record; a new reader waits at most this long for its turn. */
const longest_ms = 100;
const pause_ms = 100;
const partitionBytes = 1024 * 1024;
const fetchBytes = 8 * 1024 * 1024;

export interface LaneHooks {
  /** Makes records of what a broker gave. Rejects where that can't be done now: it is fetched again. */
  records(topic: string, partition: number, messages: FetchedMessage[]): Promise<LogRecord[]>;
  /** What is kept of a partition whose reader may have asked for what is not there. */
  bounds(topic: string, partition: number): Promise<{ start: number; end: number }>;
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
        await this.refresh();
      }
    }
  }

  /** Where no broker answers yet, the next turn asks again: the readers' lag tells how long that lasts. */
  private async refresh(): Promise<void> {
    await this.cluster.refreshMetadata().catch(() => undefined);
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
        if (isOutOfRange(error)) await this.findLost(nodeId, wanted);
        await sleep(pause_ms);
        await this.refresh();
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
    const asked = new Map(wanted.map((one) => [`${one.topic}/${one.partition}`, { one, offset: one.offset! }]));
    const responses = await this.ask(nodeId, wanted, longest_ms);
    const taken: Promise<void>[] = [];
    for (const { topicName, partitions } of responses) {
      for (const { partition, messages } of partitions) {
        const { one, offset } = asked.get(`${topicName}/${partition}`)!;
        // A broker gives whole batches, which may begin before what was asked for.
        const fresh = messages.filter((message) => Number(message.offset) >= offset);
        if (fresh.length > 0) taken.push(this.take(one, fresh));
      }
    }
    // One whose schemas must be looked up first does not hold up the others; mostly none must.
    await Promise.race([Promise.all(taken), new Promise((resolve) => setImmediate(resolve))]);
  }

  private async ask(nodeId: string, wanted: Subscription[], maxWaitTime: number): Promise<FetchResponse['responses']> {
    const topics = new Map<string, { partition: number; fetchOffset: string; maxBytes: number }[]>();
    for (const { topic, partition, offset } of wanted) {
      const list = topics.get(topic) ?? [];
      list.push({ partition, fetchOffset: String(offset), maxBytes: partitionBytes });
      topics.set(topic, list);
    }
    const broker = await this.cluster.findBroker({ nodeId });
    const { responses } = await broker.fetch({
      ...{ maxWaitTime, minBytes: 1, maxBytes: fetchBytes, isolationLevel: 1 },
      topics: [...topics].map(([topic, partitions]) => ({ topic, partitions })),
    });
    return responses;
  }

  private async take(subscription: Subscription, fresh: FetchedMessage[]): Promise<void> {
    const { topic, partition } = subscription;
    subscription.busy = true;
    try {
      const messages = fresh.filter((one) => !one.isControlRecord);
      const records = await this.hooks.records(topic, partition, messages);
      subscription.deliver(records, Number(fresh.at(-1)!.offset) + 1);
    } catch {
      // Nothing was delivered, so it is fetched again; the reader's lag tells how long that lasts.
      await sleep(pause_ms);
    } finally {
      subscription.busy = false;
      this.changed();
    }
  }

  /** Tells readers whose next record is not there: no longer kept, or beyond what there is. */
  private async findLost(nodeId: string, wanted: Subscription[]): Promise<void> {
    for (const subscription of wanted) {
      const { topic, partition } = subscription;
      const offset = subscription.offset!;
      // Where nobody can tell now the reader is not failed, and the next fetch finds out.
      const kept = await this.hooks.bounds(topic, partition).catch(() => undefined);
      if (!kept || (offset >= kept.start && offset <= kept.end)) continue;
      // A leader that has just begun may tell an end that lies back: only what it refuses is lost.
      if (!(await this.isRefused(nodeId, subscription))) continue;
      const why =
        offset < kept.start ? `no longer kept; the first one is ${kept.start}` : `beyond the end, which is ${kept.end}`;
      subscription.fail(new MillraceError('conflict', `offset ${offset} of ${topic}/${partition} is ${why}`));
    }
  }

  private async isRefused(nodeId: string, subscription: Subscription): Promise<boolean> {
    try {
      await this.ask(nodeId, [subscription], 0);
      return false;
    } catch (error) {
      return isOutOfRange(error);
    }
  }
}

function isOutOfRange(error: unknown): boolean {
  return (error as { type?: string }).type === 'OFFSET_OUT_OF_RANGE';
}
