import { compareIds, type EventFrame, erasedUser, type Message, type TimelinePage } from '../../../client/index.ts';

/** Of one channel, replies included. Beyond it the oldest go. */
const MAX_MESSAGES = 200;
/** Of all texts of one channel together: 200 messages may have 8,000 each. Beyond it the oldest go. */
const MAX_CHARACTERS = 200_000;

/** What of a channel is kept on this device: its newest messages without a gap, and of its replies those that were met. */
export interface KeptHistory {
  readonly channel_id: string;
  /** The messages are as they were at this rev. */
  readonly rev: number;
  /** By `message_id`. */
  readonly messages: readonly Message[];
  /** Whether nothing older exists. */
  readonly whole: boolean;
  /** By message id, a later rev as of which its replies are counted: it was read ahead of the events. */
  readonly counted?: Readonly<Record<string, number>>;
  /** When it was last looked at, ms since 1970; 0: never. */
  readonly used_at: number;
}

export function emptyHistory(channelId: string, rev: number, usedAt = 0): KeptHistory {
  return { channel_id: channelId, rev, messages: [], whole: rev === 0, used_at: usedAt };
}

/** Takes an event. After a gap in the revs nothing before it can be trusted: then the keeping begins anew. */
export function withEvent(history: KeptHistory, { channel_id, rev, event }: EventFrame): KeptHistory {
  if (rev <= history.rev) return history;
  const held = rev === history.rev + 1 ? history : emptyHistory(channel_id, rev - 1, history.used_at);
  if (event.kind === 'channel.changed') return { ...withoutBelow(held, event.channel.history_from ?? '0'), rev };
  if (!('message' in event)) return { ...held, rev };
  const { message } = event;
  const known = held.messages.find(({ message_id }) => message_id === message.message_id);
  if (event.kind !== 'message.created') {
    return { ...held, rev, messages: known ? put(held.messages, later(known, message)) : held.messages };
  }
  const root = held.messages.find(({ message_id }) => message_id === message.thread_id);
  const news = root && rev > (held.counted?.[root.message_id] ?? 0);
  const counted = news ? put(held.messages, { ...root, reply_count: root.reply_count + 1 }) : held.messages;
  // It is told as it is by now, but its replies come by events of their own.
  const made = known ? later(known, message) : { ...message, reply_count: 0 };
  return trimmed({ ...held, rev, messages: put(counted, made) });
}

/** Takes away what is no longer kept: what lies below a message id. */
export function withoutBelow(history: KeptHistory, id: string): KeptHistory {
  const messages = history.messages.filter(({ message_id }) => compareIds(message_id, id) >= 0);
  if (messages.length === history.messages.length) return history;
  // What was there joined what is left, and before it nothing is.
  return { ...history, messages, whole: true };
}

/** Whose message an event says is nobody's any more; undefined where it does not, or where it is not known. */
export function erasedBy({ messages }: KeptHistory, { event }: EventFrame): string | undefined {
  if (!('message' in event) || event.message.user_id !== erasedUser) return undefined;
  const held = messages.find(({ message_id }) => message_id === event.message.message_id);
  return held && held.user_id !== erasedUser ? held.user_id : undefined;
}

/** Takes a person out who was erased: the server says the same, message by message. */
export function withoutPerson(history: KeptHistory, userId: string): KeptHistory {
  const messages = history.messages.map((message) => withoutOne(message, userId));
  return messages.every((message, at) => message === history.messages[at]) ? history : { ...history, messages };
}

function withoutOne(message: Message, userId: string): Message {
  if (message.user_id === userId) {
    const nothing = { text: '', reactions: {}, mentions: [], deleted: true };
    return { ...message, ...nothing, user_id: erasedUser, client_msg_id: message.message_id };
  }
  if (!Object.values(message.reactions).some((users) => users.includes(userId))) return message;
  const left = Object.entries(message.reactions).map(
    ([emoji, users]) => [emoji, users.filter((user) => user !== userId)] as const,
  );
  return { ...message, reactions: Object.fromEntries(left.filter(([, users]) => users.length > 0)) };
}

/** The newest messages of a channel as they are on the screen. */
export interface SeenWindow {
  readonly rev: number;
  readonly messages: readonly Message[];
  readonly whole: boolean;
  readonly counted?: KeptHistory['counted'];
}

/** Takes what is on the screen; older messages stay where they join it without a gap. */
export function withWindow(history: KeptHistory, seen: SeenWindow): KeptHistory {
  // Another tab has kept newer ones already.
  if (seen.rev < history.rev) return history;
  const tail = history.messages.filter(isTop);
  const first = seen.messages[0]?.message_id;
  const newest = tail.at(-1)?.message_id;
  const joins =
    history.rev === seen.rev && first !== undefined && newest !== undefined && compareIds(newest, first) >= 0;
  const older = joins && !seen.whole ? tail.filter(({ message_id }) => compareIds(message_id, first) < 0) : [];
  const replies = history.rev === seen.rev ? history.messages.filter((message) => !isTop(message)) : [];
  const messages = [...older, ...seen.messages, ...replies].sort((a, b) => compareIds(a.message_id, b.message_id));
  const counted = { ...(older.length > 0 ? history.counted : {}), ...seen.counted };
  return trimmed({ ...history, rev: seen.rev, messages, whole: seen.whole || (joins && history.whole), counted });
}

/** Takes replies of an open thread. Its root is kept only among the channel's own messages, else it would leave a gap. */
export function withReplies(history: KeptHistory, rev: number, messages: readonly Message[]): KeptHistory {
  if (rev < history.rev) return history;
  return trimmed({ ...history, messages: messages.filter((message) => !isTop(message)).reduce(put, history.messages) });
}

/** The channel's own messages as a page. */
export function windowOf({ messages, whole, rev }: KeptHistory): TimelinePage {
  return { messages: messages.filter(isTop), has_more_before: !whole, has_more_after: false, head: { rev } };
}

/** A thread's root and the replies that are kept; undefined where the root is not. */
export function threadOf({ messages }: KeptHistory, rootId: string): TimelinePage | undefined {
  if (!messages.some(({ message_id }) => message_id === rootId)) return undefined;
  const thread = messages.filter(({ message_id, thread_id }) => message_id === rootId || thread_id === rootId);
  return { messages: thread, has_more_after: false };
}

function isTop({ thread_id }: Message): boolean {
  return thread_id === null;
}

/** The newer of two readings, with the replies as counted here: each comes by an event of its own. */
function later(held: Message, message: Message): Message {
  const newer = message.rev >= held.rev ? message : held;
  return { ...newer, reply_count: held.reply_count };
}

function put(messages: readonly Message[], message: Message): readonly Message[] {
  const at = messages.findIndex(({ message_id }) => compareIds(message_id, message.message_id) >= 0);
  if (at < 0) return [...messages, message];
  return messages.toSpliced(at, messages[at]?.message_id === message.message_id ? 1 : 0, message);
}

function trimmed(history: KeptHistory): KeptHistory {
  const { messages } = history;
  let from = messages.length;
  let characters = 0;
  while (from > 0 && messages.length - from < MAX_MESSAGES) {
    characters += messages[from - 1]!.text.length;
    if (characters > MAX_CHARACTERS) break;
    from--;
  }
  if (from === 0) return history;
  const gone = messages.slice(0, from);
  return { ...history, messages: messages.slice(from), whole: history.whole && !gone.some(isTop) };
}
