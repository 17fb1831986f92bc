import type { MessageEvent, MessageEventKind } from '../../../schemas/generated/types.ts';
import { type WireMessage, wireMessage } from '../../wire/message.ts';

/** What happened in a channel, as far as apps are told of it. */
export interface Happening {
  channel_id: string;
  rev: number;
  /** Milliseconds since 1970; undefined for what was read back from the store. */
  time: number | undefined;
  what: MessageHappening | MembersHappening;
}

export interface MessageHappening {
  kind: MessageEventKind;
  message: WireMessage;
  imported: boolean;
  /** Who edited, deleted or reacted. Undefined, as the next two, for what was read back from the store, which keeps none of it. */
  actor_id: string | undefined;
  emoji: string | undefined;
  previous_text: string | undefined;
}

export interface MembersHappening {
  kind: 'joined' | 'left';
  user_ids: string[];
}

/** Of a live event; undefined for what apps are not told. */
export function happeningOf(event: MessageEvent): Happening | undefined {
  const { channel_id, rev, time, body } = event;
  if ('MembersChanged' in body) {
    const { kind, user_ids } = body.MembersChanged;
    return { channel_id, rev, time, what: { kind, user_ids } };
  }
  if (!('MessageChanged' in body)) return undefined;
  const { kind, message, emoji, previous } = body.MessageChanged;
  const { actor_id } = event;
  const { imported } = message;
  const what = { kind, message: wireMessage(event, message), imported, actor_id, emoji, previous_text: previous?.text };
  return { channel_id, rev, time, what };
}

const kinds: { [kind: string]: MessageEventKind } = {
  'message.created': 'created',
  'message.edited': 'edited',
  'message.deleted': 'deleted',
};

/** Of a frame that sockets are sent; undefined for any other. A reaction's frame does not tell which one it is of. */
export function happeningOfFrame(frame: string): Happening | undefined {
  const parsed = JSON.parse(frame) as {
    type: string;
    channel_id: string;
    rev: number;
    event?: { kind: string; message?: WireMessage; user_ids?: string[] };
  };
  if (parsed.type !== 'event' || !parsed.event) return undefined;
  const { channel_id, rev, event } = parsed;
  const at = { channel_id, rev, time: undefined };
  if (event.user_ids)
    return { ...at, what: { kind: event.kind === 'member.joined' ? 'joined' : 'left', user_ids: event.user_ids } };
  const kind = kinds[event.kind];
  if (!kind || !event.message) return undefined;
  const unknown = { actor_id: undefined, emoji: undefined, previous_text: undefined };
  return { ...at, what: { kind, message: event.message, imported: false, ...unknown } };
}
