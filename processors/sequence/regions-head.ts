import { isNewerHome } from '../../platform/regions/home.ts';
import type { ChannelHome, Made, MessageCommand, MessageEvent } from '../../schemas/generated/types.ts';
import type { RegionsHead, SequenceState } from './state.ts';

/** Where a channel has its home: as its order told, else as the directory has it, else here. */
export function homeOf(state: SequenceState, command: MessageCommand, region: number): ChannelHome {
  const { regions } = state.head(command.workspace_id, command.channel_id);
  return regions?.home ?? command.home ?? { region, epoch: 0 };
}

/** Where the event of a command was made, but of those that were taken over. */
export function madeOf(state: SequenceState, command: MessageCommand, region: number): Made {
  const { body, carried } = command;
  const none = { asker: null, channel: null };
  const { epoch } = homeOf(state, command, region);
  if (!('DirectoryChange' in body)) return { region, epoch, rev: 0, ...none, asker: carried?.asker ?? null };
  const { change, channel, region: by } = body.DirectoryChange;
  return { region: by ?? region, epoch, rev: 0, ...none, channel: change === 'joined' ? channel : null };
}

/** What a channel's head knows of regions after an event. */
export function regionsAfter(known: RegionsHead | undefined, event: MessageEvent): RegionsHead {
  const { region, rev } = event.made!;
  const before = known?.followed ?? {};
  const followed = rev > 0 ? { ...before, [region]: Math.max(rev, before[region] ?? 0) } : before;
  const told = toldHome(event, known?.home);
  const home = told && (!known?.home || isNewerHome(told, known.home)) ? told : known?.home;
  return home ? { home, followed } : { followed };
}

/** The home that an event tells of: by a move, or by having been ordered there; and a channel's first one, where people joined. */
function toldHome({ body, made }: MessageEvent, known: ChannelHome | undefined): ChannelHome | null | undefined {
  const { region, epoch, rev, channel } = made!;
  if ('ChannelChanged' in body) return body.ChannelChanged.channel.home;
  if ('MembersChanged' in body) return known ? undefined : channel?.home;
  return body.MessageChanged.kind === 'created' && rev > 0 ? { region, epoch } : undefined;
}
