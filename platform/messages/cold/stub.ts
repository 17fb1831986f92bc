import type { Message } from '../../../schemas/generated/types.ts';

/** No text that anyone sends or imports holds a NUL, so a text that begins with one is a place. */
const mark = '\0';

/** What stays of a message in the hot store: its place in the channel, and the object that holds the rest. */
export function stubOf(message: Message, object: string): Message {
  return {
    ...message,
    text: mark + object,
    client_msg_id: '',
    reactions: [],
    mentions: [],
    mentions_here: [],
    reached: [],
    stamps: null,
  };
}

/** The object that holds the rest of a message; undefined for one that is whole. */
export function objectOf({ text }: Message): string | undefined {
  return text.startsWith(mark) ? text.slice(mark.length) : undefined;
}
