import { type BackoffOptions, fullJitter } from './backoff.ts';
import type { Clock } from './clock.ts';
import type { ResumeOutcome } from './frames.ts';
import { MillraceError } from './millrace-error.ts';
import type { RevGate } from './rev-gate.ts';
import type { Head } from './wire.ts';

export interface ResumerOptions {
  readonly gate: RevGate;
  readonly clock: Clock;
  readonly backoff: BackoffOptions;
  readonly request: (
    channels: Record<string, number>,
  ) => Promise<{ channels: Readonly<Record<string, ResumeOutcome>> }>;
  readonly onReset: (channelId: string, head: Head) => void;
  readonly onGone: (channelId: string) => void;
  /** Resuming failed `MAX_TRIES` times in a row on this connection: another one may do better. */
  readonly onHopeless: () => void;
}

const MAX_TRIES = 5;

/** Sends a connection's `resume` requests and acts on their answers; ends with the connection. */
export class Resumer {
  readonly #options: ResumerOptions;
  readonly #timers = new Set<() => void>();
  #failures = 0;
  #closed = false;

  constructor(options: ResumerOptions) {
    this.#options = options;
  }

  /** Asks for what the channels missed. Their number bounds the requests: a channel is in one of them at a time. */
  resume(channelIds: Iterable<string>): void {
    for (const channels of this.#options.gate.resume(channelIds)) void this.#send(channels);
  }

  close(): void {
    this.#closed = true;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }

  async #send(channels: Record<string, number>): Promise<void> {
    const again = new Set<string>();
    try {
      const answer = await this.#options.request(channels);
      if (this.#closed) return;
      for (const id of Object.keys(channels)) {
        // A channel that the answer leaves out is asked for again.
        const outcome = answer.channels[id];
        if (!outcome || this.#settle(id, outcome)) again.add(id);
      }
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      if (this.#closed) return;
      for (const id of Object.keys(channels)) again.add(id);
    }
    if (again.size === 0) {
      this.#failures = 0;
      return;
    }
    if (++this.#failures >= MAX_TRIES) this.#options.onHopeless();
    else this.#later(again);
  }

  /** Whether the channel needs another resume. */
  #settle(id: string, outcome: ResumeOutcome): boolean {
    const { gate } = this.#options;
    switch (gate.resumed(id, outcome)) {
      case 'caught_up':
        return false;
      case 'again':
        return true;
      case 'gone':
        this.#options.onGone(id);
        return false;
      case 'reset':
        this.#options.onReset(id, outcome.head ?? { rev: 0, seq: 0 });
        return gate.lags(id);
    }
  }

  #later(channelIds: Set<string>): void {
    // Marked already now, so that a gap heard meanwhile starts no second resume of the same channel.
    this.#options.gate.resume(channelIds);
    const wait = fullJitter(this.#failures, this.#options.backoff, this.#options.clock);
    const cancel = this.#options.clock.after(wait, () => {
      this.#timers.delete(cancel);
      this.resume(channelIds);
    });
    this.#timers.add(cancel);
  }
}
