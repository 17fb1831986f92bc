import { MillraceError } from '../../platform/errors/error.ts';
import type { Answer, MessageEvent, ReplyTo } from '../../schemas/generated/types.ts';
import { limits } from '../limits.ts';
import { RequestLimit } from './request-limit.ts';
import type { Slot } from './slot-lease.ts';

/** What comes back for a command: its event, or an answer without one. */
export type Outcome =
  | { event: MessageEvent }
  | { unchanged: { message_id: string; thread_id: string | null } }
  | { applied: true };

interface Waiting {
  resolve(outcome: Outcome): void;
  reject(error: Error): void;
  /** When it was opened; by `now`. */
  opened: number;
  /** One of many that may take its time, or one that waits for another region: how long it takes tells nothing. */
  unhurried: boolean;
  /** Called where the channel has its home in another region, which is to be asked. */
  elsewhere: ((home: number) => void) | undefined;
  /** Of one that waits for another region. */
  timer: NodeJS.Timeout | undefined;
}

/** How often it is looked who has waited too long: one timer for all, for there are thousands of them a second. */
const sweep_ms = 100;

export interface Asked {
  /** One of many (an import's) that may take its time: it is refused at the bound alone. */
  bulk?: boolean;
  /** Called where the channel has its home in another region, which is to be asked. */
  elsewhere?: (home: number) => void;
}

/** Commands that this gateway's callers wait for, by the number that the command carries. */
export class Requests {
  /** The longest waiting first. */
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;
  private sweeping: NodeJS.Timeout | undefined;
  private readonly limit: RequestLimit;

  constructor(
    /** This gateway's own slot and epoch; undefined while it has none. */
    private readonly held: () => Slot | undefined,
    private readonly bound: number = limits.waiting_requests,
    private readonly now: () => number = () => performance.now(),
  ) {
    const { least_waiting: least, answer_ms: target_ms } = limits;
    this.limit = new RequestLimit(now, { least: Math.min(least, bound), most: bound, target_ms });
  }

  get count(): number {
    return this.waiting.size;
  }

  /** So many may wait now. */
  get allowed(): number {
    return this.limit.current;
  }

  /** Where to send the answer, and the answer. Error: `unavailable` when it doesn't come in time, or too many wait. */
  open({ bulk = false, elsewhere }: Asked = {}): { reply_to: ReplyTo; outcome: Promise<Outcome>; cancel(): void } {
    const { size } = this.waiting;
    if (size >= this.bound || !(bulk || this.limit.allows(size))) {
      throw new MillraceError('unavailable', 'too many requests wait for the log: try again', { retryAfter: 1 });
    }
    const held = this.held();
    if (!held) throw new MillraceError('unavailable', 'this gateway is joining anew: try again', { retryAfter: 1 });
    const request = ++this.last;
    const opened = this.now();
    const outcome = new Promise<Outcome>((resolve, reject) => {
      this.waiting.set(request, { resolve, reject, opened, unhurried: bulk, elsewhere, timer: undefined });
    });
    this.sweeping ??= setTimeout(() => this.sweep(), sweep_ms);
    outcome.catch(heardLater);
    return {
      reply_to: { gateway: held.slot, epoch: held.epoch, request },
      outcome,
      cancel: () => void this.take(request),
    };
  }

  settle(replyTo: ReplyTo | null, outcome: Outcome): void {
    if (replyTo && this.isOwn(replyTo)) this.answered(replyTo.request)?.resolve(outcome);
  }

  answer({ reply_to, outcome, home }: Answer): void {
    if (!this.isOwn(reply_to)) return;
    if (home !== null && this.askHome(reply_to.request, home)) return;
    const waiting = this.answered(reply_to.request);
    if ('Refused' in outcome) {
      const { code, detail } = outcome.Refused;
      waiting?.reject(new MillraceError(code as 'conflict', detail));
    } else if ('Unchanged' in outcome) {
      waiting?.resolve({ unchanged: outcome.Unchanged });
    } else {
      waiting?.resolve({ applied: true });
    }
  }

  /** No answer will come to any of these: they go to a slot that this gateway holds no more. */
  abandon(): void {
    for (const request of [...this.waiting.keys()]) this.take(request)?.reject(unanswered());
  }

  /** The request waits on, for its message to come back from there; not as long as others, for whoever waits is to be told why. */
  private askHome(request: number, home: number): boolean {
    const waiting = this.waiting.get(request);
    if (!waiting?.elsewhere) return false;
    clearTimeout(waiting.timer);
    waiting.unhurried = true;
    waiting.timer = setTimeout(() => this.take(request)?.reject(waitsForHome(home)), limits.home_ms);
    waiting.elsewhere(home);
    return true;
  }

  private isOwn({ gateway, epoch }: ReplyTo): boolean {
    const held = this.held();
    return held?.slot === gateway && held.epoch === epoch;
  }

  private answered(request: number): Waiting | undefined {
    const waiting = this.take(request);
    if (waiting && !waiting.unhurried) this.limit.answered(this.now() - waiting.opened, this.waiting.size);
    return waiting;
  }

  private sweep(): void {
    const before = this.now() - limits.deadline_ms;
    for (const [request, { opened, timer }] of this.waiting) {
      if (opened > before) break;
      if (timer === undefined) this.take(request)?.reject(unanswered());
    }
    this.sweeping = this.waiting.size > 0 ? setTimeout(() => this.sweep(), sweep_ms) : undefined;
  }

  private take(request: number): Waiting | undefined {
    const waiting = this.waiting.get(request);
    if (!waiting) return undefined;
    this.waiting.delete(request);
    clearTimeout(waiting.timer);
    return waiting;
  }
}

function heardLater(): void {
  // Whoever opened a request may still wait for the log when it is abandoned, and hears of it a moment later.
}

function waitsForHome(home: number): MillraceError {
  const detail = `region ${home}, the home of the channel, does not answer: the message waits for it; sending it again with the same client_msg_id is safe`;
  return new MillraceError('unavailable', detail, { retryAfter: 5 });
}

function unanswered(): MillraceError {
  const detail =
    'the answer did not come in time; whether it took effect is unknown: send it again with the same client_msg_id';
  return new MillraceError('unavailable', detail, { retryAfter: 1 });
}
