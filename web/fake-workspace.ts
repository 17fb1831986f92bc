import {
  type Channel,
  type ChannelType,
  type ChannelUnread,
  type EventFrame,
  erasedUser,
  type Message,
  type MessageEvent,
  type MessageVersion,
  type PresenceStatus,
  type StreamEvent,
} from '../client/index.ts';
import type { Room } from './fake-room.ts';

import { FakeSettings } from './fake-settings.ts';

export const NAMES: Readonly<Record<string, string>> = {
  alice: 'Alice Moreau',
  bob: 'Bob Okafor',
  carol: 'Carol Lindqvist',
  dave: 'dave',
};

/** An answer other than 200. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

/** One workspace's channels and messages in memory, for tests of the page. Checks no rights. */
export class FakeWorkspace {
  readonly rooms = new Map<string, Room>();
  readonly groups = new Map<string, { name: string; members: readonly string[] }>();
  /** Who is not just online, and until when if that was said. */
  readonly presence = new Map<string, { status: PresenceStatus; until: string | undefined }>();
  /** Earlier texts by message id, the newest first. */
  readonly versions = new Map<string, MessageVersion[]>();
  /** Last-read replies by person and root. */
  readonly threadRead = new Map<string, string>();
  readonly settings = new FakeSettings();
  /** People of whom nothing is known any more. */
  readonly erased = new Set<string>();
  /** Refuses edits, deletes and reactions with 501. */
  bare = false;
  onEvent: (room: Room, frame: EventFrame) => void = () => undefined;
  onPresence: (user: string, status: PresenceStatus) => void = () => undefined;
  #lastId = 7_000_000_000_000_000_000n;

  /** Makes a channel; returns its id. */
  room(name: string, type: ChannelType, members: readonly string[], topic = ''): string {
    const channel_id = `C${this.rooms.size + 1}`;
    const channel: Channel = {
      channel_id,
      workspace_id: 'demo',
      name,
      type,
      topic,
      creator_id: members[0] ?? 'alice',
      archived: false,
      member_count: members.length,
      head: { rev: 0, seq: 0 },
      created_at: new Date().toISOString(),
    };
    this.rooms.set(channel_id, { channel, members: new Set(members), messages: [], log: [], read: new Map(), seq: 0 });
    return channel_id;
  }

  /** Sends as anyone, at any time (`at`, ms since 1970). */
  say(
    channelId: string,
    user: string,
    text: string,
    extra: { thread_id?: string; at?: number; client_msg_id?: string } = {},
  ): Message {
    const room = this.find(channelId);
    const known = room.messages.find((m) => m.user_id === user && m.client_msg_id === extra.client_msg_id);
    if (known) return known;
    const root = extra.thread_id ? this.message(room, extra.thread_id) : undefined;
    if (!root) room.seq++;
    this.#lastId += 4_194_304n;
    const message: Message = {
      message_id: String(this.#lastId),
      channel_id: channelId,
      workspace_id: 'demo',
      seq: root?.seq ?? room.seq,
      rev: room.log.length + 1,
      user_id: user,
      text,
      client_msg_id: extra.client_msg_id ?? `fake-${this.#lastId}`,
      thread_id: extra.thread_id ?? null,
      reply_count: 0,
      reactions: {},
      mentions: [...text.matchAll(/<@([^>]+)>/g)].map((match) => match[1]!),
      created_at: new Date(extra.at ?? Date.now()).toISOString(),
      edited_at: null,
      deleted: false,
    };
    room.messages.push(message);
    if (root) this.#replace(room, { ...root, reply_count: root.reply_count + 1 });
    else room.read.set(user, room.seq);
    this.#publish(room, { kind: 'message.created', message });
    return message;
  }

  /** A long history at once, in which looking for each message's double would take minutes. Nobody hears of it. */
  fill(channelId: string, count: number, text: (index: number) => string): void {
    const room = this.find(channelId);
    const first = this.say(channelId, 'bob', text(0));
    for (let i = 1; i < count; i++) {
      this.#lastId += 4_194_304n;
      room.seq++;
      const rev = room.log.length + 1;
      const id = { message_id: String(this.#lastId), client_msg_id: `fake-${this.#lastId}` };
      const message = { ...first, ...id, seq: room.seq, rev, user_id: i % 3 ? 'bob' : 'alice', text: text(i) };
      room.messages.push(message);
      room.log.push({ type: 'event', channel_id: channelId, rev, event: { kind: 'message.created', message } });
    }
  }

  react(channelId: string, messageId: string, emoji: string, user: string, on = true): Message {
    const room = this.find(channelId);
    const message = this.message(room, messageId);
    const users = new Set(message.reactions[emoji]);
    if (on) users.add(user);
    else users.delete(user);
    const reactions = { ...message.reactions, [emoji]: [...users] };
    return this.change(channelId, messageId, on ? 'reaction.added' : 'reaction.removed', { reactions });
  }

  change(channelId: string, messageId: string, kind: MessageEvent['kind'], fields: Partial<Message>): Message {
    if (this.bare) throw new Refusal(501, 'not_implemented', 'This server does not do that yet.');
    const room = this.find(channelId);
    const before = this.message(room, messageId);
    if (kind === 'message.edited') {
      const version = { rev: before.rev, text: before.text, written_at: before.edited_at ?? before.created_at };
      this.versions.set(messageId, [version, ...(this.versions.get(messageId) ?? [])]);
    }
    const message = { ...before, ...fields, rev: room.log.length + 1 };
    this.#replace(room, message);
    this.#publish(room, { kind, message });
    return message;
  }

  /** Changes a channel, and tells its members. */
  alter(room: Room, fields: Partial<Channel>): void {
    Object.assign(room.channel, fields);
    const head = { rev: room.log.length + 1, seq: room.seq };
    const channel = { ...room.channel, member_count: room.members.size, head };
    this.#publish(room, { kind: 'channel.changed', channel });
  }

  /** Takes away what lies below a message, as retention does. */
  trim(channelId: string, historyFrom: string): void {
    const room = this.find(channelId);
    const kept = room.messages.filter(({ message_id }) => BigInt(message_id) >= BigInt(historyFrom));
    room.messages.splice(0, room.messages.length, ...kept);
    this.alter(room, { history_from: historyFrom });
  }

  /** Takes a person out, as an erasure does: message by message, then who they are. */
  erase(user: string): void {
    const nothing = { user_id: erasedUser, text: '', deleted: true, client_msg_id: 'erased' };
    for (const { channel, messages, members } of this.rooms.values()) {
      members.delete(user);
      for (const { user_id, message_id } of [...messages])
        if (user_id === user) this.change(channel.channel_id, message_id, 'message.deleted', nothing);
    }
    this.erased.add(user);
  }

  setPresence(user: string, status: PresenceStatus, until?: string): void {
    this.presence.set(user, { status, until });
    this.onPresence(user, status);
  }

  find(channelId: string): Room {
    const room = this.rooms.get(channelId);
    if (!room) throw new Refusal(404, 'not_found', 'There is no such channel.');
    return room;
  }

  own(user: string): Room[] {
    return [...this.rooms.values()].filter(({ members }) => members.has(user));
  }

  unread({ channel, messages, read, seq }: Room, user: string): ChannelUnread {
    const last_read_seq = read.get(user) ?? 0;
    const mentions = messages.filter((m) => m.seq > last_read_seq && m.mentions.includes(user)).length;
    return { channel_id: channel.channel_id, last_seq: seq, last_read_seq, unread: seq - last_read_seq, mentions };
  }

  message(room: Room, messageId: string): Message {
    const message = room.messages.find(({ message_id }) => message_id === messageId);
    if (!message) throw new Refusal(404, 'not_found', 'There is no such message.');
    return message;
  }

  #replace(room: Room, message: Message): void {
    room.messages[room.messages.findIndex(({ message_id }) => message_id === message.message_id)] = message;
  }

  #publish(room: Room, event: StreamEvent): void {
    const rev = room.log.length + 1;
    const frame: EventFrame = { type: 'event', channel_id: room.channel.channel_id, rev, event };
    room.log.push(frame);
    this.onEvent(room, frame);
  }
}
