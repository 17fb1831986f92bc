import { Emitter, MillraceError, type MillraceRest, type User } from '../../client/index.ts';

const MAX_KNOWN = 2_000;
const MAX_ASKING = 6;
const MAX_QUEUED = 500;

/**
 * Names by user id, fetched when first asked for. Keeps the 2,000 last used; asks for six at a time, and what would
 * queue beyond 500 is asked for at the next showing.
 */
export class People {
  readonly events = new Emitter<{ change: undefined }>();
  readonly #rest: MillraceRest;
  readonly #known = new Map<string, string>();
  readonly #queue = new Set<string>();
  #asking = 0;

  constructor(rest: MillraceRest) {
    this.#rest = rest;
  }

  /** The name, or for now the id; `change` fires once the name is there. */
  name(userId: string): string {
    const name = this.#known.get(userId);
    if (name === undefined) {
      if (this.#queue.size < MAX_QUEUED) this.#queue.add(userId);
      this.#ask();
      return userId;
    }
    this.#known.delete(userId);
    this.#known.set(userId, name);
    return name;
  }

  /** Learns the first 200 people at once: in most workspaces that is everyone, without a call for each. */
  async meet(): Promise<void> {
    try {
      for (const user of (await this.#rest.users({ limit: 200 })).users) this.learn(user);
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      // Then each is asked for when first shown.
      console.debug(`people: ${error.message}`);
    }
  }

  learn(user: User): void {
    const name = user.name || user.user_id;
    if (this.#known.get(user.user_id) === name) return;
    this.#keep(user.user_id, name);
    this.events.emit('change', undefined);
  }

  #ask(): void {
    for (const userId of this.#queue) {
      if (this.#asking >= MAX_ASKING) return;
      this.#queue.delete(userId);
      this.#asking++;
      // The id stands in until the answer is there, and stays when there is none.
      this.#keep(userId, userId);
      void this.#fetch(userId);
    }
  }

  #keep(userId: string, name: string): void {
    this.#known.set(userId, name);
    if (this.#known.size > MAX_KNOWN) this.#known.delete(this.#known.keys().next().value!);
  }

  async #fetch(userId: string): Promise<void> {
    try {
      this.learn(await this.#rest.user(userId));
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      // Unknown people keep their id as a name; others are asked for again at their next showing.
      if (error.code !== 'not_found') this.#known.delete(userId);
    } finally {
      this.#asking--;
      this.#ask();
    }
  }
}
