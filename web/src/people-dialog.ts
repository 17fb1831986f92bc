import type { Channel } from '../../client/index.ts';
import { openDialog } from './dialog.ts';
import { directMessage, directMessagePicker } from './direct-message.ts';
import { h } from './dom.ts';
import { GroupsPanel } from './groups-panel.ts';
import { tabs } from './tabs.ts';
import type { Workspace } from './workspace.ts';

/** The people of the workspace and its groups; pressing a person opens the channel of the two. */
export function peopleDialog(workspace: Workspace, onDone: (channel: Channel) => void): void {
  const error = h('p', { class: 'form-error', role: 'alert' });
  const done = (channel: Channel) => {
    dialog.close();
    onDone(channel);
  };
  const people = directMessagePicker(workspace, error, done);
  const groups = new GroupsPanel(workspace, async (userId) => {
    const channel = await directMessage(workspace, userId, error);
    if (channel) done(channel);
  });
  const content = tabs('What is listed', [
    { name: 'People', panel: people.element, onShow: () => undefined },
    { name: 'Groups', panel: groups.element, onShow: () => void groups.load() },
  ]);
  const dialog = openDialog('People and groups', content, error);
  dialog.addEventListener('close', () => {
    groups.dispose();
    workspace.presences.hide('picker');
  });
  people.focus();
}
