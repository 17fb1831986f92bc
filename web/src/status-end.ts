import { Emitter, type PresenceStatus } from '../../client/index.ts';
import type { Identity } from './session-token.ts';

/**
 * When the status that one set by hand ends. The server ends it, but tells nobody when that will be: so this device
 * remembers, and forgets once one's status is another.
 */
export class StatusEnd {
  readonly events = new Emitter<{ change: undefined }>();
  readonly #key: string;

  constructor({ workspace_id, user_id }: Identity) {
    this.#key = `millrace.status:${JSON.stringify([workspace_id, user_id])}`;
  }

  /** Of this status; undefined if it has no end that is known here. */
  of(status: PresenceStatus): Date | undefined {
    const [kept, until] = (localStorage.getItem(this.#key) ?? '').split(' ');
    const end = new Date(until ?? '');
    return kept === status && end.getTime() > Date.now() ? end : undefined;
  }

  keep(status: PresenceStatus, until: Date | undefined): void {
    if (until) localStorage.setItem(this.#key, `${status} ${until.toISOString()}`);
    else this.forget();
    this.events.emit('change', undefined);
  }

  /** One's status is this now, wherever it was set. */
  now(status: PresenceStatus): void {
    // Offline is what the server says until it knows of this page.
    if (status !== 'offline' && !localStorage.getItem(this.#key)?.startsWith(`${status} `)) this.forget();
  }

  forget(): void {
    localStorage.removeItem(this.#key);
  }
}
