import { MillraceError } from '../../platform/errors/error.ts';
import type { Answer, MessageEvent, ReplyTo } from '../../schemas/generated/types.ts';
import { limits } from '../limits.ts';
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
  /** Called where the channel has its home in another region, which is to be asked. */
  elsewhere: ((home: number) => void) | undefined;
}

/** Commands that this gateway's callers wait for, by the number that the command carries. */
export class Requests {
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;

  constructor(
    /** This gateway's own slot and epoch; undefined while it has none. */
    private readonly held: () => Slot | undefined,
    private readonly bound: number = limits.waiting_requests,
  ) {}

  get count(): number {
    return this.waiting.size;
  }

  /** Where to send the answer, and the answer. Error: `unavailable` when it doesn't come in time, or too many wait. */
  open(elsewhere?: (home: number) => void): { reply_to: ReplyTo; outcome: Promise<Outcome>; cancel(): void } {
    if (this.waiting.size >= this.bound) {
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
      this.waiting.set(request, { resolve, reject, timer, elsewhere });
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
    if (replyTo && this.isOwn(replyTo)) this.take(replyTo.request)?.resolve(outcome);
  }

  answer({ reply_to, outcome, home }: Answer): void {
    if (!this.isOwn(reply_to)) return;
    if (home !== null && this.askHome(reply_to.request, home)) return;
    if ('Refused' in outcome) {
      const { code, detail } = outcome.Refused;
      this.take(reply_to.request)?.reject(new MillraceError(code as 'conflict', detail));
    } else if ('Unchanged' in outcome) {
      this.take(reply_to.request)?.resolve({ unchanged: outcome.Unchanged });
    } else {
      this.take(reply_to.request)?.resolve({ applied: true });
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
    waiting.timer = setTimeout(() => this.take(request)?.reject(waitsForHome(home)), limits.home_ms);
    waiting.elsewhere(home);
    return true;
  }

  private isOwn({ gateway, epoch }: ReplyTo): boolean {
    const held = this.held();
    return held?.slot === gateway && held.epoch === epoch;
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
