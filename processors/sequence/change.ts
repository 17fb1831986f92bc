import { channelKey } from '../../platform/keys.ts';
import type { Input } from '../../runtime/processor.ts';
import type {
  ChangeMessage,
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

  const changed = (kind: MessageEventKind, change: Partial<Message>, unmentioned: string[] = []): Decision =>
    eventOf(state, command, at, 0, (rev) => ({
      MessageChanged: {
        kind,
        message: { ...message, ...change, rev },
        emoji: body.emoji,
        root_reply_count: 0,
        unmentioned,
      },
    }));

  switch (body.change) {
    case 'edit': {
      if (body.text === message.text) return unchanged;
      const { text, mentions, mentions_channel } = body;
      const unmentioned = message.mentions.filter((user) => !mentions.includes(user));
      return changed('edited', { text, mentions, mentions_channel, edited_at: at.time }, unmentioned);
    }
    case 'delete': {
      const gone = { text: '', mentions: [], mentions_channel: false, mentions_here: [], reactions: [], deleted: true };
      return changed('deleted', gone, [...message.mentions, ...message.mentions_here]);
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
      return changed('reaction_added', { reactions: withReaction(message.reactions, body.emoji, command.actor_id) });
    }
    case 'unreact': {
      const reaction = message.reactions.find(({ emoji }) => emoji === body.emoji);
      if (!reaction?.user_ids.includes(command.actor_id)) return unchanged;
      return changed('reaction_removed', {
        reactions: withoutReaction(message.reactions, body.emoji, command.actor_id),
      });
    }
  }
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
