import type { Workspace } from '../workspace.ts';
import type { Keeper } from './keeper.ts';
import type { KeptChannel } from './kept-store.ts';

const SETTLE_MS = 2_000;

/** Has what the page knows and hears kept on this device. The messages on the screen are added by those who show them. */
export function keepWorkspace(workspace: Workspace, keeper: Keeper): void {
  const { session } = workspace.client;
  /** As last written, so that only what differs is written again. */
  const channels = new Map<string, KeptChannel>();
  const names = new Map<string, string>();
  let groups = '';
  let due: ReturnType<typeof setTimeout> | undefined;

  const write = () => {
    due = undefined;
    for (const [id, channel] of workspace.channels) {
      const partners = workspace.partners(id);
      const written = channels.get(id);
      const row = { channel, partners, muted: workspace.levels.muted(id) };
      if (written?.channel === channel && written.partners === partners && written.muted === row.muted) continue;
      channels.set(id, row);
      keeper.add({ kind: 'channel', row });
    }
    for (const [user_id, name] of workspace.people.known()) {
      if (names.get(user_id) === name) continue;
      names.set(user_id, name);
      keeper.add({ kind: 'person', user: { user_id, name } });
    }
    // Those that went out of `known` may come back, and are written then.
    if (names.size > 4_000) names.clear();
    const known = workspace.groups.known();
    if (JSON.stringify(known) !== groups) {
      groups = JSON.stringify(known);
      keeper.add({ kind: 'groups', groups: known });
    }
    keeper.add({ kind: 'unreads', channels: workspace.unread.all() });
  };
  const soon = () => {
    if (due === undefined) due = setTimeout(write, SETTLE_MS);
  };
  workspace.events.on('change', soon);
  workspace.people.events.on('change', soon);
  keeper.onErased = (userId) => workspace.people.forget(userId);
  workspace.people.events.on('forgotten', (userId) => {
    names.delete(userId);
    keeper.add({ kind: 'erased', userId });
  });
  workspace.groups.events.on('change', soon);
  session.events.on('event', (frame) => keeper.add({ kind: 'event', frame }));
  session.events.on('reset', ({ channel_id, head }) =>
    keeper.add({ kind: 'reset', channelId: channel_id, rev: head.rev }),
  );
  workspace.events.on('removed', (channelId) => {
    channels.delete(channelId);
    keeper.add({ kind: 'forget', channelId });
  });
}
