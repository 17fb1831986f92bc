import { type Draft, MillraceError, SAFE_TO_REPEAT_MS, staleDraft } from '../../../client/index.ts';
import type { Identity } from '../session-token.ts';

type KeptDraft = Omit<Draft, 'error' | 'message'> & {
  readonly order: number;
  readonly error?: { readonly code: string; readonly detail: string };
};

/**
 * Unsent messages, each under a key of its own in localStorage, so that they outlive the page, and two tabs do not
 * overwrite each other. Not in the database: what is written there may be lost with a page that is closed at once.
 */
export class KeptDrafts {
  readonly #prefix: string;
  readonly #orders = new Map<string, number>();
  #next = Date.now() * 1_000;

  constructor({ workspace_id, user_id }: Identity) {
    this.#prefix = `millrace.draft:${JSON.stringify([workspace_id, user_id])}:`;
  }

  /** In the order of writing. What was written too long ago to be sent again without asking is `failed`. */
  read(): Draft[] {
    const found: KeptDraft[] = [];
    for (const key of this.#keys()) {
      try {
        found.push(JSON.parse(localStorage.getItem(key) ?? '') as KeptDraft);
      } catch (error) {
        console.warn(`${key} is no draft:`, error);
        localStorage.removeItem(key);
      }
    }
    found.sort((a, b) => a.order - b.order);
    return found.map(({ order, error, ...draft }) => {
      this.#orders.set(draft.client_msg_id, order);
      if (error) return { ...draft, error: new MillraceError(error) };
      if (Date.now() - Date.parse(draft.created_at) < SAFE_TO_REPEAT_MS) return draft;
      return { ...draft, status: 'failed', error: staleDraft() };
    });
  }

  /** Where the browser's quota is full, the draft lives on in memory only. */
  keep({ message: _, error, ...draft }: Draft): void {
    const order = this.#orders.get(draft.client_msg_id) ?? this.#next++;
    this.#orders.set(draft.client_msg_id, order);
    const problem = error && { error: { code: error.code, detail: error.detail } };
    const kept: KeptDraft = { ...draft, ...problem, order };
    try {
      localStorage.setItem(this.#prefix + draft.client_msg_id, JSON.stringify(kept));
    } catch (failure) {
      if (!(failure instanceof DOMException)) throw failure;
      console.warn('an unsent message is not kept over a reload:', failure.message);
    }
  }

  drop(clientMsgId: string): void {
    this.#orders.delete(clientMsgId);
    localStorage.removeItem(this.#prefix + clientMsgId);
  }

  /** How many unsent messages `wipe` would lose: those of other tabs, and these of this one. */
  countWith(drafts: readonly Draft[]): number {
    const ids = this.#keys().map((key) => key.slice(this.#prefix.length));
    return new Set([...ids, ...drafts.map(({ client_msg_id }) => client_msg_id)]).size;
  }

  wipe(): void {
    for (const key of this.#keys()) localStorage.removeItem(key);
    this.#orders.clear();
  }

  #keys(): string[] {
    return Object.keys(localStorage).filter((key) => key.startsWith(this.#prefix));
  }
}
