import { channelKey } from '../../platform/keys.ts';
import type { Input } from '../../runtime/processor.ts';
import type {
  ChangeMessage,
  Mention,
  Message,
  MessageCommand,
  MessageEventKind,
  Reaction,
} from '../../schemas/generated/types.ts';
import { type Decision, eventOf, refused } from './decision.ts';
import type { SequenceState } from './state.ts';

/** How many different emoji one message takes. */
export const emojiBound = 40;

/**
 * An edit, deletion or reaction. The command brings the message as the edge read it; where the state has a newer rev,
 * that one counts. Asking for what already is changes nothing.
 */
export function changeMessage(state: SequenceState, command: MessageCommand, body: ChangeMessage, at: Input): Decision {
  const channel = channelKey(command.workspace_id, command.channel_id);
  const lately = state.changed(channel, body.message.message_id);
  const known = lately && lately.rev > body.message.rev ? lately : body.message;
  const message = { ...known, reply_count: Math.max(known.reply_count, state.replies(channel, known.message_id)) };
  const unchanged: Decision = {
    outcome: { Unchanged: { message_id: message.message_id, thread_id: message.thread_id } },
  };
  if (message.deleted) {
    return body.change === 'delete'
      ? unchanged
      : refused('conflict', 'the message was deleted: it takes no edits or reactions');
  }

  const changed = (kind: MessageEventKind, change: (rev: number) => Partial<Message>): Decision =>
    eventOf(state, command, at, 0, (rev) => {
      const next = { ...message, ...change(rev), rev };
      const gone = here(message, next).concat(message.mentions);
      return {
        MessageChanged: {
          kind,
          message: next,
          emoji: body.emoji,
          root_reply_count: 0,
          unmentioned: gone.filter((was) => !next.mentions.some((is) => is.user_id === was.user_id)),
          unmentioned_channel: next.mentions_channel === 0 ? message.mentions_channel : 0,
        },
      };
    });

  switch (body.change) {
    case 'edit': {
      if (body.text === message.text) return unchanged;
      const { text } = body;
      // Who was named already stays named since then; who is new is named since now.
      const since = new Map(message.mentions.map(({ user_id, rev }) => [user_id, rev]));
      return changed('edited', (rev) => ({
        text,
        mentions: body.mentions.map((user_id) => ({ user_id, rev: since.get(user_id) ?? rev })),
        mentions_channel: body.mentions_channel ? message.mentions_channel || rev : 0,
        edited_at: at.time,
      }));
    }
    case 'delete': {
      const gone = { text: '', mentions: [], mentions_channel: 0, mentions_here: [], reactions: [], deleted: true };
      return changed('deleted', () => gone);
    }
    case 'react': {
      const reaction = message.reactions.find(({ emoji }) => emoji === body.emoji);
      if (reaction?.user_ids.includes(command.actor_id)) return unchanged;
      if (!reaction && message.reactions.length >= emojiBound) {
        return refused(
          'conflict',
          `emoji: the message has ${emojiBound} different reactions already, which is the most`,
        );
      }
      const reactions = withReaction(message.reactions, body.emoji, command.actor_id);
      return changed('reaction_added', () => ({ reactions }));
    }
    case 'unreact': {
      const reaction = message.reactions.find(({ emoji }) => emoji === body.emoji);
      if (!reaction?.user_ids.includes(command.actor_id)) return unchanged;
      const reactions = withoutReaction(message.reactions, body.emoji, command.actor_id);
      return changed('reaction_removed', () => ({ reactions }));
    }
  }
}

/** Those whom <!here> mentioned, where the message no longer does. */
function here(message: Message, next: Message): Mention[] {
  if (next.mentions_here.length > 0) return [];
  return message.mentions_here.map((user_id) => ({ user_id, rev: message.created_rev }));
}

function withReaction(reactions: Reaction[], emoji: string, userId: string): Reaction[] {
  const known = reactions.some((reaction) => reaction.emoji === emoji);
  if (!known) return [...reactions, { emoji, user_ids: [userId] }];
  return reactions.map((reaction) =>
    reaction.emoji === emoji ? { emoji, user_ids: [...reaction.user_ids, userId] } : reaction,
  );
}

function withoutReaction(reactions: Reaction[], emoji: string, userId: string): Reaction[] {
  return reactions
    .map((reaction) =>
      reaction.emoji === emoji ? { emoji, user_ids: reaction.user_ids.filter((user) => user !== userId) } : reaction,
    )
    .filter((reaction) => reaction.user_ids.length > 0);
}
