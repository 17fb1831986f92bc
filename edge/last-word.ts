import { LRUCache } from 'lru-cache';
import { MillraceError } from '../platform/errors/error.ts';

/** A word older than this counts no more. */
const kept_ms = 3_600_000;
/** Whoever has a last word waits no longer for a new one: an engine that stands still costs nobody its whole deadline. */
const patience_ms = 1000;
/** An engine that does not answer is asked again after so long, by one call that nobody waits for. */
const pause_ms = 2000;

/**
 * The last answers of an engine, for the time in which it answers with `unavailable`, or not at all. Bounded; at the bound the longest
 * unused goes.
 */
export class LastWord<Answer extends object> {
  private readonly answers = new LRUCache<string, Answer>({ max: 50_000, ttl: kept_ms });
  /** It did not answer when it was last asked. */
  private away = false;
  private askAgainAt = 0;
  private asking = false;

  constructor(
    private readonly clock: () => number = Date.now,
    private readonly patience = patience_ms,
  ) {}

  /** The engine's answer; where it is away, its last one, if `holds` says so. Error: that of the engine. */
  async of(
    key: string,
    ask: () => Promise<Answer | undefined>,
    holds: (last: Answer) => Promise<boolean>,
  ): Promise<Answer | undefined> {
    const last = this.answers.get(key);
    if (!last) return this.ask(key, ask);
    if (this.away) {
      this.askAside(key, ask);
      return (await holds(last)) ? last : this.ask(key, ask);
    }
    const asked = this.ask(key, ask);
    const late = await this.isLate(asked);
    if (late) this.notAnswered();
    if ((late || this.away) && (await holds(last))) {
      // What comes of it later is kept by `ask`; its error is that of the engine, which is known to be away.
      asked.catch(() => undefined);
      return last;
    }
    return asked;
  }

  forget(key: string): void {
    this.answers.delete(key);
  }

  forgetThose(which: (key: string) => boolean): void {
    for (const key of this.answers.keys()) if (which(key)) this.answers.delete(key);
  }

  private async ask(key: string, ask: () => Promise<Answer | undefined>): Promise<Answer | undefined> {
    try {
      const answer = await ask();
      this.away = false;
      if (answer) this.answers.set(key, answer);
      else this.answers.delete(key);
      return answer;
    } catch (error) {
      if (error instanceof MillraceError && error.code === 'unavailable') this.notAnswered();
      else {
        // A refusal is an answer too.
        this.away = false;
        this.answers.delete(key);
      }
      throw error;
    }
  }

  /** Finds out whether it is back: one call at a time, and not too often. */
  private askAside(key: string, ask: () => Promise<Answer | undefined>): void {
    if (this.asking || this.clock() < this.askAgainAt) return;
    this.asking = true;
    this.ask(key, ask)
      // That it is still away is noted.
      .catch(() => undefined)
      .finally(() => {
        this.asking = false;
      });
  }

  private notAnswered(): void {
    this.away = true;
    this.askAgainAt = this.clock() + pause_ms;
  }

  /** True where there is neither an answer nor an error after the patience. */
  private async isLate(asked: Promise<unknown>): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<true>((resolve) => {
      timer = setTimeout(() => resolve(true), this.patience);
    });
    const settled = asked.then(
      () => false,
      () => false,
    );
    try {
      return await Promise.race([settled, over]);
    } finally {
      clearTimeout(timer);
    }
  }
}
