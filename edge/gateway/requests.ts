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
  timer: NodeJS.Timeout;
  /** Undefined for one that may take its time. */
  since: number | undefined;
  /** Called where the channel has its home in another region, which is to be asked. */
  elsewhere: ((home: number) => void) | undefined;
}

export interface Asked {
  /** One of many (an import's) that may take its time: it is refused at the bound alone. */
  bulk?: boolean;
  /** Called where the channel has its home in another region, which is to be asked. */
  elsewhere?: (home: number) => void;
}

/** Commands that this gateway's callers wait for, by the number that the command carries. */
export class Requests {
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;
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
  open({ bulk, elsewhere }: Asked = {}): { reply_to: ReplyTo; outcome: Promise<Outcome>; cancel(): void } {
    const { size } = this.waiting;
    if (size >= this.bound || !(bulk || this.limit.allows(size))) {
      throw new MillraceError('unavailable', 'too many requests wait for the log: try again', { retryAfter: 1 });
    }
    const held = this.held();
    if (!held) throw new MillraceError('unavailable', 'this gateway is joining anew: try again', { retryAfter: 1 });
    const request = ++this.last;
    const outcome = new Promise<Outcome>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(request);
        reject(unanswered());
      }, limits.deadline_ms);
      this.waiting.set(request, { resolve, reject, timer, since: bulk ? undefined : this.now(), elsewhere });
    });
    // Whoever opened it may still wait for the log when it is abandoned, and hears of it a moment later.
    outcome.catch(() => undefined);
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
    // What the way there and back takes tells nothing of this region's work.
    waiting.since = undefined;
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
    if (waiting?.since !== undefined) this.limit.answered(this.now() - waiting.since, this.waiting.size);
    return waiting;
  }

  private take(request: number): Waiting | undefined {
    const waiting = this.waiting.get(request);
    if (!waiting) return undefined;
    this.waiting.delete(request);
    clearTimeout(waiting.timer);
    return waiting;
  }
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
