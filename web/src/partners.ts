import { type Channel, MillraceError, type MillraceRest } from '../../client/index.ts';

const NOBODY: readonly string[] = [];
const MAX_ASKED = 100;

/** Who is in dms, and in groups without a name: what these are called by. */
export class Partners {
  readonly #rest: MillraceRest;
  readonly #known = new Map<string, readonly string[]>();

  constructor(rest: MillraceRest) {
    this.#rest = rest;
  }

  /** None for other channels, and while it is not known. */
  of(channelId: string): readonly string[] {
    return this.#known.get(channelId) ?? NOBODY;
  }

  all(): readonly string[] {
    return [...this.#known.values()].flat();
  }

  learn(channelId: string, userIds: readonly string[]): void {
    this.#known.set(channelId, userIds);
  }

  forget(channelId: string): void {
    this.#known.delete(channelId);
  }

  /** Asks for those of these channels that are called by their people; of 100 at most. */
  async find(channels: readonly Channel[]): Promise<void> {
    const unnamed = channels.filter(({ type, name }) => type === 'dm' || (type === 'group' && !name));
    for (const { channel_id } of unnamed.slice(0, MAX_ASKED)) {
      try {
        const { members } = await this.#rest.members(channel_id, { limit: 10 });
        this.learn(
          channel_id,
          members.map(({ user_id }) => user_id),
        );
      } catch (error) {
        if (!(error instanceof MillraceError)) throw error;
        console.debug(`members of ${channel_id}: ${error.message}`);
      }
    }
  }
}
