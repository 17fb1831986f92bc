import type Cluster from 'kafkajs/src/cluster/index.js';
import { Lane, type LaneHooks } from './lane.ts';
import type { Place } from './place.ts';
import type { Subscription } from './subscription.ts';

/**
 * Which lane fetches for which reader: the first one that takes it. So all who read on at the end of a partition share what the first
 * lane fetches, and whoever lags, or begins elsewhere, has a place of its own in another one until it has caught up with some. There are as
 * many as a partition has readers at different offsets, at most.
 */
export class Lanes {
  private readonly lanes: Lane[] = [];
  private readonly of = new Map<Subscription, Lane>();
  private closed = false;

  constructor(
    private readonly openCluster: () => Cluster,
    private readonly hooks: Omit<LaneHooks, 'delivered'>,
  ) {}

  /** One whose offset is known. */
  add(subscription: Subscription): void {
    if (subscription.closed || this.closed) return;
    this.move(subscription, this.lanes.find((lane) => lane.takes(subscription)) ?? this.open());
  }

  /** It is closed, or has room again. */
  changed(subscription: Subscription): void {
    const lane = this.of.get(subscription);
    if (!subscription.closed) return lane?.wake();
    lane?.remove(subscription);
    this.of.delete(subscription);
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.lanes.map((lane) => lane.close()));
  }

  private delivered(lane: Lane, { readers }: Place): void {
    for (const reader of [...readers]) {
      // One that is full must not hold up the others who stand there.
      if (!reader.wantsMore) {
        if (readers.size > 1) this.move(reader, this.lanes.find((other) => !other.hasPlace(reader)) ?? this.open());
        continue;
      }
      const first = this.lanes.find((other) => other === lane || other.takes(reader))!;
      if (first !== lane) this.move(reader, first);
    }
  }

  private move(subscription: Subscription, to: Lane): void {
    this.of.get(subscription)?.remove(subscription);
    this.of.set(subscription, to);
    to.add(subscription);
  }

  private open(): Lane {
    const lane = new Lane(this.openCluster(), {
      ...this.hooks,
      delivered: (from, place) => this.delivered(from, place),
    });
    this.lanes.push(lane);
    return lane;
  }
}
