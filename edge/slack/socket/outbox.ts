import type { SlackEventOutcome } from '../metrics.ts';

/** An event on its way to an app. */
export interface Envelope {
  envelope_id: string;
  channel_id: string;
  /** JSON. */
  payload: string;
  /** How often it was sent in vain, and why last. */
  retry_attempt: number;
  retry_reason: string;
}

/** One open socket of the app. */
export interface Line {
  send(frame: string): void;
  /** Envelopes sent on it that are not acknowledged. */
  inFlight: number;
}

interface Sent {
  envelope: Envelope;
  line: Line;
  at: number;
}

/** What the outboxes of all apps hold together. */
export interface Budget {
  bytes: number;
  readonly most: number;
}

/** Envelopes of one app, sent or not, past which the oldest is dropped. */
export const outboxBound = 1000;
/** Envelopes of one socket that are not acknowledged. */
const window = 100;
/** After which an envelope counts as lost. */
const acknowledge_ms = 30_000;
const mostRetries = 3;

/**
 * Events for one app. Each goes to one of its sockets, in order, and is kept until it is acknowledged: a socket that ends, or
 * does not answer, has its envelopes sent again, on another one where there is one. At a bound the app's oldest are dropped,
 * and counted; so is what was sent in vain three times more.
 */
export class Outbox {
  private readonly waiting: Envelope[] = [];
  private readonly sent = new Map<string, Sent>();
  private readonly lines = new Set<Line>();

  constructor(
    /** Whether the app may still hear of that channel. */
    private readonly may: (channelId: string) => boolean,
    private readonly budget: Budget,
    private readonly observe: (outcome: SlackEventOutcome) => void,
    private readonly clock: () => number = Date.now,
  ) {}

  get size(): number {
    return this.waiting.length + this.sent.size;
  }

  get openLines(): number {
    return this.lines.size;
  }

  push(envelope: Envelope): void {
    while (this.size >= outboxBound || (this.size > 0 && this.isOver(envelope))) this.dropOldest();
    if (this.isOver(envelope)) return this.observe('dropped');
    this.budget.bytes += envelope.payload.length;
    this.waiting.push(envelope);
    this.flush();
  }

  add(line: Line): void {
    this.lines.add(line);
    this.flush();
  }

  /** The socket is gone: what it did not acknowledge goes to another one, or waits. */
  remove(line: Line): void {
    if (!this.lines.delete(line)) return;
    this.sendAgain(
      [...this.sent.values()].filter((sent) => sent.line === line),
      'disconnected',
    );
  }

  /** False for what was not sent, or is acknowledged already. */
  acknowledge(envelopeId: string): boolean {
    const sent = this.take(envelopeId);
    if (!sent) return false;
    this.forget(sent.envelope, 'acknowledged');
    this.flush();
    return true;
  }

  /** Sends again what should have been acknowledged by now. */
  tick(): void {
    const due = this.clock() - acknowledge_ms;
    this.sendAgain(
      [...this.sent.values()].filter(({ at }) => at <= due),
      'timeout',
    );
  }

  /** Nobody will hear of the rest. */
  close(): void {
    while (this.size > 0) this.dropOldest();
    this.lines.clear();
  }

  private sendAgain(lost: Sent[], reason: string): void {
    const again: Envelope[] = [];
    for (const { envelope } of lost) {
      this.take(envelope.envelope_id);
      if (envelope.retry_attempt >= mostRetries) this.forget(envelope, 'dropped');
      else again.push({ ...envelope, retry_attempt: envelope.retry_attempt + 1, retry_reason: reason });
    }
    this.waiting.unshift(...again);
    this.flush();
  }

  private flush(): void {
    while (this.waiting.length > 0) {
      const line = this.freest();
      if (!line) return;
      const envelope = this.waiting.shift()!;
      // What waited while its person was removed from the channel is not for them any more.
      if (!this.may(envelope.channel_id)) {
        this.forget(envelope, 'dropped');
        continue;
      }
      // To the end: the next one goes to another where both are as free.
      this.lines.delete(line);
      this.lines.add(line);
      line.inFlight++;
      this.sent.set(envelope.envelope_id, { envelope, line, at: this.clock() });
      this.observe(envelope.retry_attempt === 0 ? 'sent' : 'resent');
      line.send(frameOf(envelope));
    }
  }

  private freest(): Line | undefined {
    let freest: Line | undefined;
    for (const line of this.lines)
      if (line.inFlight < window && (!freest || line.inFlight < freest.inFlight)) freest = line;
    return freest;
  }

  private take(envelopeId: string): Sent | undefined {
    const sent = this.sent.get(envelopeId);
    if (!sent) return undefined;
    this.sent.delete(envelopeId);
    sent.line.inFlight--;
    return sent;
  }

  private dropOldest(): void {
    const [oldest] = this.sent.keys();
    const envelope = oldest === undefined ? this.waiting.shift() : this.take(oldest)?.envelope;
    if (envelope) this.forget(envelope, 'dropped');
  }

  private isOver({ payload }: Envelope): boolean {
    return this.budget.bytes + payload.length > this.budget.most;
  }

  private forget({ payload }: Envelope, outcome: SlackEventOutcome): void {
    this.budget.bytes -= payload.length;
    this.observe(outcome);
  }
}

function frameOf({ envelope_id, payload, retry_attempt, retry_reason }: Envelope): string {
  const head = { envelope_id, type: 'events_api', accepts_response_payload: false, retry_attempt, retry_reason };
  return `${JSON.stringify(head).slice(0, -1)},"payload":${payload}}`;
}
