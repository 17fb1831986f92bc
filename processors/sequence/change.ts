import { channelKey } from '../../platform/keys.ts';
import type { Input } from '../../runtime/processor.ts';
import type {
  ChangeMessage,
  Message,
  MessageCommand,
  MessageEventKind,
  PreviousText,
  Reaction,
  Stamps,
} from '../../schemas/generated/types.ts';
import { type Decision, eventOf, refused } from './decision.ts';
import { allMentions, eraseIn } from './erase.ts';
import { fullOf } from './reaction-bounds.ts';
import { Registers, reactionsOf } from './registers.ts';
import { timeOf } from './stamp.ts';
import type { SequenceState } from './state.ts';

/** How many different emoji one message takes. */
const emojiBound = 40;
/** People whom <!here> and groups of one message reach, in all its edits: a record must stay far below the largest. */
const reachedBound = 2000;

/**
 * An edit, deletion or reaction. The command brings the message as the edge read it; where the state has a newer rev,
 * that one counts. Asking for what already is changes nothing. With a region, what several of them change at once merges
 * by its stamps, and what another one decided (it brings its stamp) is refused nothing.
 */
export function changeMessage(
  state: SequenceState,
  command: MessageCommand,
  body: ChangeMessage,
  at: Input,
  region?: number,
): Decision {
  const channel = channelKey(command.workspace_id, command.channel_id);
  const lately = state.changed(channel, body.message.message_id);
  const known = lately && lately.rev > body.message.rev ? lately : body.message;
  const message = { ...known, reply_count: Math.max(known.reply_count, state.replies(channel, known.message_id)) };
  const unchanged: Decision = {
    outcome: { Unchanged: { message_id: message.message_id, thread_id: message.thread_id } },
  };
  if (body.erased !== '') {
    const event = eraseIn(message, body.erased, body.versions);
    return event ? eventOf(state, command, at, 0, event) : unchanged;
  }
  const foreign = body.stamp !== 0;
  if (foreign && region === undefined) {
    return refused('invalid_request', 'stamp: this deployment has no region: set `with: { region: … }` of sequence');
  }
  if (message.deleted) {
    return body.change === 'delete' || foreign
      ? unchanged
      : refused('conflict', 'the message was deleted: it takes no edits or reactions');
  }
  const registers = region === undefined ? null : new Registers(message, region);

  const changed = (kind: MessageEventKind, change: (rev: number) => Partial<Message>): Decision =>
    eventOf(state, command, at, 0, (rev) => {
      const next = { ...message, ...change(rev), rev };
      const still = new Set(allMentions(next).map(({ user_id, rev }) => `${rev} ${user_id}`));
      return {
        MessageChanged: {
          kind,
          message: next,
          emoji: body.emoji,
          root_reply_count: 0,
          unmentioned: allMentions(message).filter(({ user_id, rev }) => !still.has(`${rev} ${user_id}`)),
          unmentioned_channel: next.mentions_channel === 0 ? message.mentions_channel : 0,
          previous: kind === 'edited' ? previousOf(message) : null,
          versions_gone: false,
        },
      };
    });

  switch (body.change) {
    case 'edit': {
      if (body.text === message.text && !foreign) return unchanged;
      const stamp = registers?.ofText(body.stamp, at.time);
      if (registers && stamp === undefined) return unchanged;
      const { text } = body;
      // Who was named already stays named since then; who is new is named since now.
      const since = new Map(message.mentions.map(({ user_id, rev }) => [user_id, rev]));
      return changed('edited', (rev) => ({
        text,
        mentions: body.mentions.map((user_id) => ({ user_id, rev: since.get(user_id) ?? rev })),
        mentions_channel: body.mentions_channel ? message.mentions_channel || rev : 0,
        ...reachedAt(rev, message, body),
        edited_at: stamp === undefined ? at.time : timeOf(stamp),
        ...(registers && stamp !== undefined && { stamps: registers.withText(stamp) }),
      }));
    }
    case 'delete': {
      const gone = {
        text: '',
        mentions: [],
        mentions_channel: 0,
        mentions_here: [],
        reached: [],
        reactions: [],
        deleted: true,
      };
      // Whether an edit came before it is not the same in all regions.
      return changed('deleted', () => ({ ...gone, ...(registers && { edited_at: null, stamps: null }) }));
    }
    case 'react':
    case 'unreact': {
      const present = body.change === 'react';
      const reaction = message.reactions.find(({ emoji }) => emoji === body.emoji);
      const is = reaction?.user_ids.includes(command.actor_id) ?? false;
      if (is === present && !foreign) return unchanged;
      if (present && !reaction && !foreign && message.reactions.length >= emojiBound) {
        return refused(
          'conflict',
          `emoji: the message has ${emojiBound} different reactions already, which is the most`,
        );
      }
      const full = present && !foreign ? fullOf(message, body.emoji) : undefined;
      if (full !== undefined) return refused('conflict', full);
      const { emoji } = body;
      const user_id = command.actor_id;
      let now: { reactions: Reaction[]; stamps?: Stamps };
      if (registers) {
        const stamp = registers.ofReaction(emoji, user_id, body.stamp, at.time);
        if (stamp === undefined) return unchanged;
        const stamps = registers.withReaction({ emoji, user_id, stamp, present });
        now = { reactions: reactionsOf(stamps), stamps };
      } else {
        const change = present ? withReaction : withoutReaction;
        now = { reactions: change(message.reactions, emoji, user_id) };
      }
      return changed(present ? 'reaction_added' : 'reaction_removed', () => now);
    }
  }
}

/** A reaction raises a message's rev too, so this is not always the rev of the text; it is one that had it. */
function previousOf({ rev, text, edited_at, created_at }: Message): PreviousText {
  return { rev, text, time: edited_at ?? created_at };
}

/** Whom words for many reach by now: as when it was sent, and since an edit, without those whom they no longer do. */
function reachedAt(rev: number, message: Message, { reached, unreached }: ChangeMessage) {
  const gone = new Set(unreached);
  const mentions_here = message.mentions_here.filter((user) => !gone.has(user));
  const kept = message.reached.filter(({ user_id }) => !gone.has(user_id));
  const known = new Set([...mentions_here, ...kept.map(({ user_id }) => user_id)]);
  const added = reached.filter((user) => !known.has(user)).slice(0, Math.max(0, reachedBound - known.size));
  return { mentions_here, reached: [...kept, ...added.map((user_id) => ({ user_id, rev }))] };
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
