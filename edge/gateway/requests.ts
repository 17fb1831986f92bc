import { MillraceError } from '../../platform/errors/error.ts';
import type { Answer, MessageEvent, ReadMarker, ReplyTo } from '../../schemas/generated/types.ts';
import { limits } from '../limits.ts';

/** What comes back for a command: its event, or an answer without one. */
export type Outcome =
  | { event: MessageEvent }
  | { unchanged: { message_id: string; thread_id: string | null } }
  | { applied: true }
  | { marker: ReadMarker; channel_id: string };

interface Waiting {
  resolve(outcome: Outcome): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

/** Commands that this gateway's callers wait for, by the number that the command carries. */
export class Requests {
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;

  constructor(
    private readonly gateway: string,
    private readonly epoch: number,
    private readonly bound: number = limits.waiting_requests,
  ) {}

  get count(): number {
    return this.waiting.size;
  }

  /** Where to send the answer, and the answer. Error: `unavailable` when it doesn't come in time, or too many wait. */
  open(): { reply_to: ReplyTo; outcome: Promise<Outcome>; cancel(): void } {
    if (this.waiting.size >= this.bound) {
      throw new MillraceError('unavailable', 'too many requests wait for the log: try again', { retryAfter: 1 });
    }
    const request = ++this.last;
    const outcome = new Promise<Outcome>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(request);
        const detail =
          'the answer did not come in time; whether it took effect is unknown: send it again with the same client_msg_id';
        reject(new MillraceError('unavailable', detail, { retryAfter: 1 }));
      }, limits.deadline_ms);
      this.waiting.set(request, { resolve, reject, timer });
    });
    return {
      reply_to: { gateway: this.gateway, epoch: this.epoch, request },
      outcome,
      cancel: () => void this.take(request),
    };
  }

  settle(replyTo: ReplyTo | null, outcome: Outcome): void {
    if (replyTo?.gateway === this.gateway && replyTo.epoch === this.epoch) this.take(replyTo.request)?.resolve(outcome);
  }

  answer({ reply_to, outcome }: Answer): void {
    if (reply_to.gateway !== this.gateway || reply_to.epoch !== this.epoch) return;
    if ('Refused' in outcome) {
      const { code, detail } = outcome.Refused;
      this.take(reply_to.request)?.reject(new MillraceError(code as 'conflict', detail));
    } else if ('Unchanged' in outcome) {
      this.take(reply_to.request)?.resolve({ unchanged: outcome.Unchanged });
    } else {
      this.take(reply_to.request)?.resolve({ applied: true });
    }
  }

  private take(request: number): Waiting | undefined {
    const waiting = this.waiting.get(request);
    if (!waiting) return undefined;
    this.waiting.delete(request);
    clearTimeout(waiting.timer);
    return waiting;
  }
}
