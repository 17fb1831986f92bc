import { channelKey } from '../../platform/keys.ts';
import type { State, TableSpec } from '../../runtime/processor.ts';
import type { ChannelHome, Message } from '../../schemas/generated/types.ts';

const hours = 3_600_000;

export const tables = {
  heads: { doc: "A channel's rev, seq, last message id and last change of the directory." },
  clock: { doc: "The partition's last live message id." },
  sent: { doc: 'Messages by author and client_msg_id, for repeats.', expires_ms: 24 * hours },
  threads: { doc: "A root's count of replies, where it changed lately.", expires_ms: 24 * hours },
  changed: { doc: 'Messages as they are, where they changed lately.', expires_ms: 24 * hours },
} as const satisfies { [table: string]: TableSpec };

export interface ChannelHead {
  rev: number;
  seq: number;
  last_id: string;
  change_id: number;
  /** Where there are several regions. */
  regions?: RegionsHead | undefined;
}

export interface RegionsHead {
  /** Undefined: this region, since ever. */
  home?: ChannelHome | undefined;
  /** The highest rev taken over from each other region. */
  followed: { readonly [region: string]: number };
}

export interface Sent {
  message_id: string;
  thread_id: string | null;
  seq: number;
}

/** The sequencer's rows, typed. */
export class SequenceState {
  constructor(private readonly state: State) {}

  head(workspaceId: string, channelId: string): ChannelHead {
    const row = this.state.get('heads', channelKey(workspaceId, channelId)) as
      | [number, number, string, number, RegionsHead?]
      | undefined;
    if (!row) return { rev: 0, seq: 0, last_id: '0', change_id: 0 };
    return { rev: row[0], seq: row[1], last_id: row[2], change_id: row[3], regions: row[4] };
  }

  setHead(workspaceId: string, channelId: string, head: ChannelHead): void {
    const { rev, seq, last_id, change_id, regions } = head;
    const row = regions ? [rev, seq, last_id, change_id, regions] : [rev, seq, last_id, change_id];
    this.state.set('heads', channelKey(workspaceId, channelId), row);
  }

  get lastLiveId(): bigint {
    return BigInt((this.state.get('clock', 'last') as string | undefined) ?? '0');
  }

  set lastLiveId(id: bigint) {
    this.state.set('clock', 'last', id.toString());
  }

  sent(channel: string, userId: string, clientMsgId: string): Sent | undefined {
    return this.state.get('sent', sentKey(channel, userId, clientMsgId)) as Sent | undefined;
  }

  setSent(channel: string, userId: string, clientMsgId: string, sent: Sent): void {
    this.state.set('sent', sentKey(channel, userId, clientMsgId), sent);
  }

  /** Whether a message is known as the second one under its client_msg_id, which two homes had taken in a cut. */
  isSecond(channel: string, { user_id, client_msg_id, message_id }: Message): boolean {
    return this.sent(channel, secondOf(user_id), client_msg_id)?.message_id === message_id;
  }

  setSecond(channel: string, { user_id, client_msg_id, message_id, thread_id, seq }: Message): void {
    this.setSent(channel, secondOf(user_id), client_msg_id, { message_id, thread_id, seq });
  }

  replies(channel: string, rootId: string): number {
    return (this.state.get('threads', `${channel}\0${rootId}`) as number | undefined) ?? 0;
  }

  setReplies(channel: string, rootId: string, count: number): void {
    this.state.set('threads', `${channel}\0${rootId}`, count);
  }

  changed(channel: string, messageId: string): Message | undefined {
    return this.state.get('changed', `${channel}\0${messageId}`) as Message | undefined;
  }

  setChanged(channel: string, message: Message): void {
    this.state.set('changed', `${channel}\0${message.message_id}`, message);
  }
}

/** Ids hold no NUL, so no author has this one. */
function secondOf(userId: string): string {
  return `\0${userId}`;
}

function sentKey(channel: string, userId: string, clientMsgId: string): string {
  return `${channel}\0${userId}\0${clientMsgId}`;
}
