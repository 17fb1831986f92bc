import { erasedUser } from '../../platform/keys.ts';
import { disowned } from '../../platform/messages/emptied.ts';
import type { Mention, Message, MessageChanged } from '../../schemas/generated/types.ts';

/**
 * Takes a person out of a message: what they wrote is deleted and no longer theirs; out of what others wrote go their reactions
 * and their name. Undefined where nothing tells of them, unless earlier texts (`versions`) do.
 */
export function eraseIn(
  message: Message,
  person: string,
  versions: boolean,
): ((rev: number) => { MessageChanged: MessageChanged }) | undefined {
  const own = message.user_id === person;
  const next = own ? disowned(message) : without(message, person);
  if (!own && !versions && next === message) return undefined;
  const gone = own ? allMentions(message) : allMentions(message).filter(({ user_id }) => user_id === person);
  return (rev) => ({
    MessageChanged: {
      kind: own ? 'deleted' : 'edited',
      message: { ...next, rev },
      emoji: '',
      root_reply_count: 0,
      unmentioned: gone,
      unmentioned_channel: own ? message.mentions_channel : 0,
      previous: null,
      versions_gone: own || versions,
    },
  });
}

/** The message itself where nothing in it tells of the person. */
function without(message: Message, person: string): Message {
  const text = message.text.replaceAll(mark(person), (_, label: string) => `<@${erasedUser}${label}>`);
  const reacted = message.reactions.some(({ user_ids }) => user_ids.includes(person));
  const stamped = message.stamps?.reactions.some(({ user_id }) => user_id === person) ?? false;
  const named = allMentions(message).some(({ user_id }) => user_id === person);
  if (text === message.text && !reacted && !stamped && !named) return message;
  return {
    ...message,
    text,
    reactions: message.reactions
      .map(({ emoji, user_ids }) => ({ emoji, user_ids: user_ids.filter((user) => user !== person) }))
      .filter(({ user_ids }) => user_ids.length > 0),
    mentions: message.mentions.filter(({ user_id }) => user_id !== person),
    mentions_here: message.mentions_here.filter((user) => user !== person),
    reached: message.reached.filter(({ user_id }) => user_id !== person),
    stamps: message.stamps && {
      ...message.stamps,
      reactions: message.stamps.reactions.filter(({ user_id }) => user_id !== person),
    },
  };
}

/** Whom a message mentions, by name or as one of many, and since when. */
export function allMentions({ mentions, mentions_here, reached, created_rev }: Message): Mention[] {
  return [...mentions, ...mentions_here.map((user_id) => ({ user_id, rev: created_rev })), ...reached];
}

/** A mention of a person, with its label if it has one. */
function mark(person: string): RegExp {
  return new RegExp(`<@${person.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}((?:\\|[^>]*)?)>`, 'g');
}

/** Whether a text names a person. */
export function names(text: string, person: string): boolean {
  return mark(person).test(text);
}
