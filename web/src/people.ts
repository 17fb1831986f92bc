import { Emitter, erasedUser, MillraceError, type MillraceRest, type User } from '../../client/index.ts';
import { Asking } from './asking.ts';

const MAX_KNOWN = 2_000;
/** The most that a call lists. */
const PAGE = 200;

/** Names by user id, fetched when first asked for. Keeps the 2,000 last used. */
export class People {
  readonly events = new Emitter<{ change: undefined; forgotten: string }>();
  readonly #rest: MillraceRest;
  readonly #known = new Map<string, string>();
  readonly #asking = new Asking((userId) => this.#fetch(userId));

  constructor(rest: MillraceRest) {
    this.#rest = rest;
  }

  /** The name, or for now the id; `change` fires once the name is there. */
  name(userId: string): string {
    if (userId === erasedUser) return 'Erased person';
    const name = this.#known.get(userId);
    if (name === undefined) {
      this.#asking.for(userId);
      return userId;
    }
    this.#known.delete(userId);
    this.#known.set(userId, name);
    return name;
  }

  /** The name if it is known by now; asks nobody. */
  knownName(userId: string): string | undefined {
    return this.#known.get(userId);
  }

  /**
   * Learns the first 200 people at once: in most workspaces that is everyone, without a call for each. `restored`: names
   * were kept on this device; those of people who are not listed by now, for they were erased, are forgotten.
   */
  async meet(restored = false): Promise<void> {
    const unseen = new Set(restored ? this.#known.keys() : []);
    try {
      let cursor: string | null = null;
      do {
        const page: { users: User[]; next_cursor: string | null } = await this.#rest.users({
          limit: PAGE,
          ...(cursor ? { cursor } : {}),
        });
        for (const user of page.users) {
          this.learn(user);
          unseen.delete(user.user_id);
        }
        cursor = page.next_cursor;
      } while (cursor && unseen.size > 0);
      for (const userId of unseen) this.forget(userId);
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

  /** Someone who was erased, or may have been: their name is nowhere kept, and asked for when it is shown. */
  forget(userId: string): void {
    if (!this.#known.delete(userId)) return;
    this.events.emit('forgotten', userId);
    this.events.emit('change', undefined);
  }

  /** Ids and names, but those that stand in for themselves until their name is there. */
  *known(): Iterable<readonly [string, string]> {
    for (const [id, name] of this.#known) if (id !== name) yield [id, name];
  }

  #keep(userId: string, name: string): void {
    this.#known.set(userId, name);
    if (this.#known.size > MAX_KNOWN) this.#known.delete(this.#known.keys().next().value!);
  }

  async #fetch(userId: string): Promise<void> {
    // The id stands in until the answer is there, and stays when there is none.
    this.#keep(userId, userId);
    try {
      this.learn(await this.#rest.user(userId));
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      // Unknown people keep their id as a name; others are asked for again at their next showing.
      if (error.code !== 'not_found') this.#known.delete(userId);
    }
  }
}
