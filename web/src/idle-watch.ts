import { MillraceError, type MillraceSession } from '../../client/index.ts';

const IDLE_MS = 5 * 60_000;
const LOOK_MS = 10_000;
const ACTIVITY = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchstart'] as const;

/** Tells the server when nobody touches this page any more, and when someone does again. */
export class IdleWatch {
  readonly #session: MillraceSession;
  readonly #stop = new AbortController();
  #activeAt = Date.now();
  #idle = false;
  /** The server may not have heard it: the next look says it again. */
  #due = false;

  constructor(session: MillraceSession) {
    this.#session = session;
    const { signal } = this.#stop;
    for (const type of ACTIVITY) {
      document.addEventListener(type, () => this.#active(), { signal, passive: true, capture: true });
    }
    const timer = setInterval(() => {
      if (!this.#idle && Date.now() - this.#activeAt >= IDLE_MS) this.#say(true);
      else if (this.#due) this.#say(this.#idle);
    }, LOOK_MS);
    // A new connection counts as a device that is used.
    const off = session.events.on('hello', () => {
      this.#due = false;
      if (this.#idle) this.#say(true);
    });
    signal.addEventListener('abort', () => {
      clearInterval(timer);
      off();
    });
  }

  dispose(): void {
    this.#stop.abort();
  }

  #active(): void {
    this.#activeAt = Date.now();
    if (this.#idle) this.#say(false);
  }

  #say(idle: boolean): void {
    this.#idle = idle;
    this.#due = false;
    this.#session.request('presence.set', { idle }).catch((error: unknown) => {
      if (!(error instanceof MillraceError)) throw error;
      this.#due ||= error.retryable && idle === this.#idle;
      console.debug(`presence: ${error.message}`);
    });
  }
}
