import { setTimeout as sleep } from 'node:timers/promises';
import type Cluster from 'kafkajs/src/cluster/index.js';
import type { FetchedMessage, FetchResponse } from 'kafkajs/src/cluster/index.js';
import { MillraceError } from '../../errors/error.ts';
import type { LogRecord } from '../port.ts';
import { alone, fetch } from './fetch.ts';
import { FetchSession } from './fetch-session.ts';
import { keyOf, Place } from './place.ts';
import type { Subscription } from './subscription.ts';

/** How long a broker may wait for a first record; a partition that is new here waits at most this long for its turn. */
const longest_ms = 100;
const pause_ms = 100;
const toldAgain_ms = 10_000;

export interface LaneHooks {
  /** Makes records of what a broker gave. Rejects where that can't be done now: it is fetched again. */
  records(topic: string, partition: number, messages: FetchedMessage[]): Promise<LogRecord[]>;
  /** What is kept of a partition whose reader may have asked for what is not there. */
  bounds(topic: string, partition: number): Promise<{ start: number; end: number }>;
  /** The readers of a place have what came: some may be better off elsewhere. */
  delivered(lane: Lane, place: Place): void;
  /** Told why readers wait: at most once in ten seconds. */
  onTrouble(error: unknown): void;
}

/**
 * Fetches partitions, each once for all who read it from the same offset, with connections of its own: a loop for each broker
 * that leads some of them, a request at a time. Whatever fails is tried again after a pause, with the cluster's metadata read
 * anew: a reader waits while its broker is away.
 */
export class Lane {
  /** By topic and partition: a request names each once. */
  private readonly places = new Map<string, Place>();
  private readonly loops = new Map<string, Promise<void>>();
  private waking: (() => void)[] = [];
  private closed = false;
  private toldAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly cluster: Cluster,
    private readonly hooks: LaneHooks,
  ) {}

  /** Whether nobody reads the partition here, or all who do stand at this offset and have room. */
  takes({ topic, partition, offset }: Subscription): boolean {
    const place = this.places.get(keyOf(topic, partition));
    return !place || (place.offset === offset && place.hasRoom);
  }

  hasPlace({ topic, partition }: Subscription): boolean {
    return this.places.has(keyOf(topic, partition));
  }

  /** One whose offset is known, and that this lane takes. */
  add(subscription: Subscription): void {
    const { topic, partition } = subscription;
    const known = this.places.get(keyOf(topic, partition));
    const place = known ?? new Place(topic, partition, subscription.offset!);
    place.readers.add(subscription);
    if (known) return this.wake();
    this.places.set(place.key, place);
    void this.route([place]);
  }

  remove(subscription: Subscription): void {
    const place = this.places.get(keyOf(subscription.topic, subscription.partition));
    if (place?.readers.delete(subscription) && place.readers.size === 0) this.places.delete(place.key);
    // Others who stood there may want more than it did.
    this.wake();
  }

  /** Something changed: readers that went, or want more. */
  wake(): void {
    for (const wake of this.waking.splice(0)) wake();
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const { readers } of this.places.values()) for (const reader of readers) reader.close();
    this.wake();
    await Promise.all(this.loops.values());
    await this.cluster.disconnect();
  }

  /** Sees to it that each leader of these has a loop. */
  private async route(places: Iterable<Place>): Promise<void> {
    while (!this.closed) {
      try {
        const list = [...places];
        await this.cluster.addMultipleTargetTopics([...new Set(list.map(({ topic }) => topic))]);
        for (const place of list) {
          const [leader] = Object.keys(this.cluster.findLeaderForPartitions(place.topic, [place.partition]));
          place.leader = leader;
          if (leader !== undefined && !this.loops.has(leader)) this.loops.set(leader, this.loop(leader));
        }
        this.wake();
        return;
      } catch (error) {
        // No leader is known, or no broker answers: the readers wait.
        this.tell(error);
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
    const session = new FetchSession();
    while (!this.closed) {
      const wanted = this.wantedFrom(nodeId);
      if (wanted.length === 0) {
        await new Promise<void>((resolve) => this.waking.push(resolve));
        continue;
      }
      try {
        await this.fetch(nodeId, session, wanted);
      } catch (error) {
        if (this.closed) return;
        if (isOutOfRange(error)) await this.findLost(nodeId, wanted);
        else this.tell(error);
        await sleep(pause_ms);
        await this.refresh();
        await this.route(this.places.values());
      }
    }
  }

  private wantedFrom(nodeId: string): Place[] {
    const wanted: Place[] = [];
    for (const place of this.places.values()) if (place.leader === nodeId && place.wantsMore) wanted.push(place);
    return wanted;
  }

  private async fetch(nodeId: string, session: FetchSession, wanted: Place[]): Promise<void> {
    const responses = await this.ask(nodeId, session, wanted);
    const taken: Promise<void>[] = [];
    for (const { topicName, partitions } of responses) {
      for (const { partition, messages } of partitions) {
        const place = this.places.get(keyOf(topicName, partition));
        // Nobody reads it any more, or another broker was asked, too, for it leads now, and has answered.
        if (!place || place.busy || place.offset !== session.offset(place.key)) continue;
        // A broker gives whole batches, which may begin before what was asked for.
        const fresh = messages.filter((message) => Number(message.offset) >= place.offset);
        if (fresh.length > 0) taken.push(this.take(place, fresh));
      }
    }
    // One whose schemas must be looked up first does not hold up the others; mostly none must.
    await Promise.race([Promise.all(taken), new Promise((resolve) => setImmediate(resolve))]);
  }

  private async ask(nodeId: string, session: FetchSession, wanted: Place[]): Promise<FetchResponse['responses']> {
    const broker = await this.cluster.findBroker({ nodeId });
    try {
      const answer = await fetch(broker, session.request(wanted), longest_ms);
      return session.answered(answer) ? answer.responses : [];
    } catch (error) {
      session.failed();
      throw error;
    }
  }

  private async take(place: Place, fresh: FetchedMessage[]): Promise<void> {
    const { topic, partition, readers } = place;
    place.busy = true;
    try {
      const messages = fresh.filter((one) => !one.isControlRecord);
      const records = await this.hooks.records(topic, partition, messages);
      place.offset = Number(fresh.at(-1)!.offset) + 1;
      this.lastNext(place);
      for (const reader of readers) reader.deliver(records, place.offset);
    } catch (error) {
      // Nothing was delivered, so it is fetched again; the readers' lag tells how long that lasts.
      this.tell(error);
      await sleep(pause_ms);
    } finally {
      place.busy = false;
      this.hooks.delivered(this, place);
      this.wake();
    }
  }

  /** A loop fails ten times a second while its broker is away. */
  private tell(error: unknown): void {
    // What breaks off as it closes keeps nobody waiting.
    if (this.closed || performance.now() - this.toldAt < toldAgain_ms) return;
    this.toldAt = performance.now();
    this.hooks.onTrouble(error);
  }

  /** What a fetch takes is bounded, and the broker fills it in the order of the partitions: one that had some comes last (KIP-74). */
  private lastNext(place: Place): void {
    if (this.places.get(place.key) !== place) return;
    this.places.delete(place.key);
    this.places.set(place.key, place);
  }

  /** Tells readers whose next record is not there: no longer kept, or beyond what there is. */
  private async findLost(nodeId: string, wanted: Place[]): Promise<void> {
    for (const place of wanted) {
      const { topic, partition, offset } = place;
      // Where nobody can tell now no reader is failed, and the next fetch finds out.
      const kept = await this.hooks.bounds(topic, partition).catch(() => undefined);
      if (!kept || (offset >= kept.start && offset <= kept.end)) continue;
      // A leader that has just begun may tell an end that lies back: only what it refuses is lost.
      if (!(await this.isRefused(nodeId, place))) continue;
      const why =
        offset < kept.start ? `no longer kept; the first one is ${kept.start}` : `beyond the end, which is ${kept.end}`;
      const lost = new MillraceError('conflict', `offset ${offset} of ${topic}/${partition} is ${why}`);
      for (const reader of place.readers) reader.fail(lost);
    }
  }

  private async isRefused(nodeId: string, place: Place): Promise<boolean> {
    try {
      await fetch(await this.cluster.findBroker({ nodeId }), alone([place]), 0);
      return false;
    } catch (error) {
      return isOutOfRange(error);
    }
  }
}

function isOutOfRange(error: unknown): boolean {
  return (error as { type?: string }).type === 'OFFSET_OUT_OF_RANGE';
}
