import { Type } from '@sinclair/typebox';
import { channelKey } from '../../platform/keys.ts';
import { defineProcessor, type Input, type Output, type State } from '../../runtime/processor.ts';
import type { MessageCommand, MessageEvent } from '../../schemas/generated/types.ts';
import { decide } from './decide.ts';
import { fold } from './fold.ts';
import { greater } from './snowflake.ts';
import { regionBound } from './stamp.ts';
import { SequenceState, tables } from './state.ts';

export default defineProcessor({
  doc: 'Gives each change of a channel its rev, seq and id, and decides sends, imports, edits, deletions, reactions and repeats.',
  inputs: ['MessageCommand'],
  outputs: { events: 'MessageEvent', answers: 'Answer' },
  options: Type.Object(
    {
      region: Type.Optional(
        Type.Union([Type.Literal('off'), Type.Integer({ minimum: 0, maximum: regionBound })], {
          description:
            'Number of this region, where several write: edits and reactions then carry stamps by which they merge (docs/decisions/016), and a channel is ordered in its home (021). Unset or off: one region, no stamps.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  tables,
  folds: {
    schema: 'MessageEvent',
    fold: (state, input) => fold(new SequenceState(state), input.value as MessageEvent),
    origin: (input) => (input.value as MessageEvent).command_offset,
    time: (input) => (input.value as MessageEvent).time,
  },
  moves: {
    // Every key but the clock's begins with that of its channel.
    keyOf: (table, key) => (table === 'clock' ? undefined : key.split('\0', 2).join('\0')),
    // Above every id that any partition gave, so that none is given again by another one.
    merge: (_table, _key, ids) => ids.reduce<bigint>((most, id) => greater(most, BigInt(id as string)), 0n).toString(),
  },
  create: (options) => {
    const { region } = options;
    return step(region === 'off' ? undefined : region);
  },
});

function step(region: number | undefined) {
  return (rows: State, input: Input): Output[] => {
    const state = new SequenceState(rows);
    const command = input.value as MessageCommand;
    const key = channelKey(command.workspace_id, command.channel_id);
    const decision = decide(state, command, input, region);
    if ('event' in decision) {
      fold(state, decision.event);
      return [{ to: 'events', schema: 'MessageEvent', key, value: decision.event }];
    }
    // Nobody waits (the outbox sent a row again): nothing to say.
    if (!command.reply_to) return [];
    const answer = { reply_to: command.reply_to, home: decision.home ?? null, outcome: decision.outcome };
    return [{ to: 'answers', schema: 'Answer', key, value: answer }];
  };
}
