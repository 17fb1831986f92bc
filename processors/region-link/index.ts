import { Type } from '@sinclair/typebox';
import { channelKey, personKey, presenceKey } from '../../platform/keys.ts';
import { defineProcessor, type Input, type Output } from '../../runtime/processor.ts';
import type { MessageCommand, RegionRecord } from '../../schemas/generated/types.ts';
import { commandOf } from './command-of.ts';

export default defineProcessor({
  doc: 'Turns what another region did into commands of this one, each marked so that it is never sent back.',
  inputs: ['RegionRecord'],
  outputs: { commands: 'MessageCommand', reads: 'ReadCommand', presence: 'PresenceChanged' },
  options: Type.Object(
    {
      region: Type.Integer({ minimum: 0, maximum: 63, description: 'Number of this region.' }),
    },
    { additionalProperties: false },
  ),
  create:
    ({ region: own }) =>
    (_state, input) =>
      outputsOf(input, own),
});

function outputsOf(input: Input, own: number): Output[] {
  const { region, known, what } = input.value as RegionRecord;
  if ('ReadCommand' in what) {
    // A marker's revs are a region's own: the link has put this one's in their place.
    const value = { ...what.ReadCommand, reply_to: null, region };
    if (what.ReadCommand.region !== null) return [];
    return [{ to: 'reads', schema: 'ReadCommand', key: personKey(value.workspace_id, value.user_id), value }];
  }
  if ('PresenceChanged' in what) {
    const value = { ...what.PresenceChanged, region };
    if (what.PresenceChanged.region !== null) return [];
    return [{ to: 'presence', schema: 'PresenceChanged', key: presenceKey(value.workspace_id, value.user_id), value }];
  }
  if ('MessageEvent' in what) {
    const value = commandOf(what.MessageEvent, region, known, own);
    return value ? [commandOutput(value)] : [];
  }
  return [commandOutput(handedOver(what.MessageCommand, region))];
}

/** A send that waits for the channel's home: whoever it is takes it, and the others leave it. */
function handedOver(command: MessageCommand, region: number): MessageCommand {
  const asker = command.reply_to && { region, reply_to: command.reply_to };
  const carried = { region, epoch: 0, rev: 0, message: null, root_seq: 0, root_reply_count: 0, asker };
  return { ...command, reply_to: null, home: null, carried };
}

function commandOutput(value: MessageCommand): Output {
  return { to: 'commands', schema: 'MessageCommand', key: channelKey(value.workspace_id, value.channel_id), value };
}
