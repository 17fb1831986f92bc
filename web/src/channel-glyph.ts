import type { Channel } from '../../client/index.ts';
import { icon } from './icon.ts';
import { presenceDot } from './presence-dot.ts';
import type { Workspace } from './workspace.ts';

/** The sign before a channel's name: its kind, or the presence of a dm's other person. */
export function channelGlyph(channel: Channel, workspace: Workspace): Element {
  if (channel.type === 'public') return icon(channel.posting === 'managers' ? 'megaphone' : 'hash');
  if (channel.type === 'private') return icon('lock');
  const partner = workspace.partner(channel);
  if (channel.type === 'group' || !partner) return icon('people');
  return presenceDot(partner, workspace.presences.of(partner), true);
}
