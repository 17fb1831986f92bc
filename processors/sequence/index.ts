import { Type } from '@sinclair/typebox';
import { channelKey } from '../../platform/keys.ts';
import { defineProcessor } from '../../runtime/processor.ts';
import type { MessageCommand, MessageEvent } from '../../schemas/generated/types.ts';
import { decide } from './decide.ts';
import { fold } from './fold.ts';
import { SequenceState, tables } from './state.ts';

export default defineProcessor({
  doc: 'Gives each change of a channel its rev, seq and id, and decides sends, imports, edits, deletions, reactions and repeats.',
  inputs: ['MessageCommand'],
  outputs: { events: 'MessageEvent', answers: 'Answer' },
  options: Type.Object({}, { additionalProperties: false }),
  tables,
  folds: {
    schema: 'MessageEvent',
    fold: (state, input) => fold(new SequenceState(state), input.value as MessageEvent),
    origin: (input) => (input.value as MessageEvent).command_offset,
    time: (input) => (input.value as MessageEvent).time,
  },
  create: () => (rows, input) => {
    const state = new SequenceState(rows);
    const command = input.value as MessageCommand;
    const key = channelKey(command.workspace_id, command.channel_id);
    const decision = decide(state, command, input);
    if ('event' in decision) {
      fold(state, decision.event);
      return [{ to: 'events', schema: 'MessageEvent', key, value: decision.event }];
    }
    // Nobody waits (the outbox sent a row again): nothing to say.
    if (!command.reply_to) return [];
    const answer = { reply_to: command.reply_to, outcome: decision.outcome };
    return [{ to: 'answers', schema: 'Answer', key, value: answer }];
  },
});
