import type { Subscription } from './subscription.ts';

export function keyOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

/** A partition that a lane fetches, for readers that all stand at the same offset: what comes is fetched and decoded once. */
export class Place {
  readonly readers = new Set<Subscription>();
  readonly key: string;
  /** What was fetched is being made records of; nothing is fetched meanwhile. */
  busy = false;
  /** The broker that leads it, as far as is known. */
  leader: string | undefined;

  constructor(
    readonly topic: string,
    readonly partition: number,
    /** The next one to fetch. */
    public offset: number,
  ) {
    this.key = keyOf(topic, partition);
  }

  get wantsMore(): boolean {
    return !this.busy && this.readers.size > 0 && this.hasRoom;
  }

  /** Whether no reader has as much as it may: whoever else came would wait for it. */
  get hasRoom(): boolean {
    for (const reader of this.readers) if (!reader.wantsMore) return false;
    return true;
  }
}
