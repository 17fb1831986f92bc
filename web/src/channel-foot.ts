import type { Channel } from '../../client/index.ts';
import { type Child, h } from './dom.ts';
import { icon } from './icon.ts';
import type { Workspace } from './workspace.ts';

/** What stands below a channel's messages: a field to write in, or why there is none. */
export type FootKind = 'composer' | 'announcements' | 'archived' | 'outside';

export function footKind(channel: Channel, workspace: Workspace): FootKind {
  if (!workspace.channels.has(channel.channel_id)) return 'outside';
  if (channel.archived) return 'archived';
  return workspace.mayPost(channel) ? 'composer' : 'announcements';
}

/** Says why one does not write here. `onJoin` answers the button of one who is not in the channel. */
export function footNote(kind: Exclude<FootKind, 'composer'>, onJoin: () => void): HTMLElement {
  return h('div', { class: 'foot-note' }, ...content(kind, onJoin));
}

function content(kind: Exclude<FootKind, 'composer'>, onJoin: () => void): Child[] {
  switch (kind) {
    case 'archived':
      return ['This channel is archived: it can be read, but not written to.'];
    case 'announcements':
      return [
        icon('megaphone'),
        h(
          'span',
          {},
          'Announcements: only whoever made this channel, admins and owners post here. You can react, and reply in threads.',
        ),
      ];
    case 'outside':
      return [
        'You are looking in from outside.',
        h('button', { type: 'button', class: 'button primary', on: { click: onJoin } }, 'Join this channel'),
      ];
  }
}
