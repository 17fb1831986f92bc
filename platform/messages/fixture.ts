import type { Message } from '../../schemas/generated/types.ts';

/** For tests: the `n`th message of a channel, as bob wrote it. */
export function fixture(message_id: string, n: number, change: Partial<Message> = {}): Message {
  return {
    message_id,
    seq: n,
    rev: n,
    created_rev: n,
    user_id: 'bob',
    text: `m${n}`,
    client_msg_id: `c${n}`,
    thread_id: null,
    reply_count: 0,
    reactions: [],
    mentions: [],
    mentions_channel: 0,
    mentions_here: [],
    reached: [],
    created_at: n,
    edited_at: null,
    deleted: false,
    imported: false,
    stamps: null,
    ...change,
  };
}
