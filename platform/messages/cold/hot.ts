import type { Message } from '../../../schemas/generated/types.ts';
import type { ChannelId, MessageStore } from '../port.ts';

export interface StaleObject extends ChannelId {
  object: string;
  /** Those that changed; an adapter may leave them out where it needs none to settle. */
  message_ids: string[];
  /** Of an adapter that marks objects: its mark as it was read. */
  mark?: string;
}

/** A store whose messages can go cold. Its reads give stubs (stub.ts) as messages; TieredMessages alone may be read by others. */
export interface HotMessages extends MessageStore {
  /**
   * Each stub takes its message's place where that is at the stub's rev, and is on disk when this resolves. Where the message has changed
   * since, the object that the stub names is told by `stale`.
   */
  putStubs(channel: ChannelId, stubs: Message[]): Promise<void>;
  /**
   * Objects of which some messages have changed since they were archived, a page from a cursor on; `cursor` null at the end.
   */
  stale(cursor: string | null): Promise<{ objects: StaleObject[]; cursor: string | null }>;
  /** The object was made anew without those that had changed when `stale` told of it; of later changes it tells again. */
  settleStale(stale: StaleObject): Promise<void>;
}

export function isHot(store: MessageStore): store is HotMessages {
  return 'putStubs' in store;
}
