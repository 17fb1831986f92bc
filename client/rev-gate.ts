import type { ResumeOutcome } from './frames.ts';
import type { Head } from './wire.ts';

interface Held {
  /** The last rev that the app saw. */
  rev: number;
  /** A `resume` is on its way: what does not continue `rev` came before it was taken, and comes again. */
  resuming: boolean;
  /** The highest rev heard by this connection, delivered or not: one from elsewhere may lie ahead of the server. */
  heard: number;
}

export type Verdict = 'deliver' | 'drop' | 'gap';

const FRAME_BUDGET = 32 * 1024;

/**
 * Decides, for each channel, which events the app sees: each rev once, in order. No I/O; the session asks and acts.
 *
 * It holds at most `maxChannels` channels. Beyond that a channel's events pass unchecked, and after a reconnect it is
 * reported as to be reloaded, since nothing is known of it.
 */
export class RevGate {
  readonly #held = new Map<string, Held>();
  readonly #maxChannels: number;

  constructor(maxChannels = 10_000) {
    this.#maxChannels = maxChannels;
  }

  /** Takes a rev that the app holds, from an earlier run or a fresh subscription. */
  hold(channelId: string, rev: number): boolean {
    if (!this.#held.has(channelId) && this.#held.size >= this.#maxChannels) return false;
    this.#held.set(channelId, { rev, resuming: false, heard: 0 });
    return true;
  }

  forget(channelId: string): void {
    this.#held.delete(channelId);
  }

  has(channelId: string): boolean {
    return this.#held.has(channelId);
  }

  /** The last rev of each channel, to be kept for the next run. */
  revs(): Record<string, number> {
    return Object.fromEntries([...this.#held].map(([id, held]) => [id, held.rev]));
  }

  /** What to do with an event. `gap`: drop it, and send a `resume` for the channel. */
  accept(channelId: string, rev: number): Verdict {
    const held = this.#held.get(channelId);
    if (!held) {
      this.hold(channelId, rev);
      return 'deliver';
    }
    held.heard = Math.max(held.heard, rev);
    if (rev <= held.rev) return 'drop';
    if (rev === held.rev + 1) {
      held.rev = rev;
      return 'deliver';
    }
    return held.resuming ? 'drop' : 'gap';
  }

  /**
   * Marks channels as resuming and returns the `channels` of the `resume` frames to send: several, where one would
   * near the 64 KiB that a frame may have.
   */
  resume(channelIds: Iterable<string> = this.#held.keys()): Record<string, number>[] {
    const frames: [string, number][][] = [];
    let size = FRAME_BUDGET;
    for (const id of channelIds) {
      const held = this.#held.get(id);
      if (!held) continue;
      held.resuming = true;
      const cost = id.length * 3 + 24;
      if (size + cost > FRAME_BUDGET) {
        frames.push([]);
        size = 0;
      }
      size += cost;
      frames.at(-1)!.push([id, held.rev]);
    }
    // Never by assignment: an id may be __proto__.
    return frames.map((revs) => Object.fromEntries(revs));
  }

  /**
   * Takes the answer of a `resume`. `again`: events that were heard are still missing, so resume once more; `reset`:
   * the rev is now the head's, and the app must read the history; `gone`: forgotten.
   */
  resumed(channelId: string, outcome: ResumeOutcome): 'caught_up' | 'reset' | 'gone' | 'again' {
    const held = this.#held.get(channelId);
    // Forgotten meanwhile, by a `channel.removed` that the app heard.
    if (!held) return 'caught_up';
    if (outcome.status === 'gone') {
      this.forget(channelId);
      return 'gone';
    }
    held.resuming = false;
    const head: Head = outcome.head ?? { rev: held.rev, seq: 0 };
    if (outcome.status === 'reset') {
      // What was heard beyond the head is missing from it: `resuming` again fetches that.
      held.rev = head.rev;
      return 'reset';
    }
    return held.rev < Math.max(head.rev, held.heard) ? 'again' : 'caught_up';
  }

  /** Whether something beyond the held rev was heard, so that a `resume` is due. */
  lags(channelId: string): boolean {
    const held = this.#held.get(channelId);
    return held !== undefined && !held.resuming && held.heard > held.rev;
  }

  /** The connection broke: what was heard but not delivered is in the next resume anyway. */
  disconnected(): void {
    for (const held of this.#held.values()) {
      held.resuming = false;
      held.heard = 0;
    }
  }
}
