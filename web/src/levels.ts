import { Emitter, type MillraceRest, type NotificationLevel } from '../../client/index.ts';

/** What may push to one, of each channel in which one said so. As many as one has channels. */
export class Levels {
  readonly events = new Emitter<{ change: undefined }>();
  readonly #rest: MillraceRest;
  readonly #set = new Map<string, NotificationLevel>();

  constructor(rest: MillraceRest) {
    this.#rest = rest;
  }

  /** Rejects with `MillraceError`. */
  async load(): Promise<void> {
    const levels = await this.#rest.notificationLevels();
    this.#set.clear();
    for (const { channel_id, level } of levels) this.#set.set(channel_id, level);
    this.events.emit('change', undefined);
  }

  /** Undefined where none was set. */
  of(channelId: string): NotificationLevel | undefined {
    return this.#set.get(channelId);
  }

  muted(channelId: string): boolean {
    return this.of(channelId) === 'none';
  }

  learn(channelId: string, level: NotificationLevel): void {
    this.#set.set(channelId, level);
  }

  /** Rejects with `MillraceError`. */
  async set(channelId: string, level: NotificationLevel): Promise<void> {
    await this.#rest.setNotifications(channelId, level);
    this.learn(channelId, level);
    this.events.emit('change', undefined);
  }
}
