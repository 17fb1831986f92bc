import type { Draft } from '../../client/index.ts';
import type { Identity } from './session-token.ts';

/** Unsent messages in sessionStorage, so that they outlive a reload of the tab; each person has a place of their own. */
export class KeptDrafts {
  readonly #key: string;

  constructor({ workspace_id, user_id }: Identity) {
    this.#key = `millrace.drafts:${JSON.stringify([workspace_id, user_id])}`;
  }

  read(): Draft[] {
    return JSON.parse(sessionStorage.getItem(this.#key) ?? '[]') as Draft[];
  }

  /** Where the browser's quota is full, the drafts live on in memory only. */
  write(drafts: readonly Draft[]): void {
    try {
      sessionStorage.setItem(this.#key, JSON.stringify(drafts));
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      console.warn('unsent messages are not kept over a reload:', error.message);
    }
  }
}
