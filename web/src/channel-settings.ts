import { type Channel, MillraceError, type Posting } from '../../client/index.ts';
import { channelNotifications } from './channel-notifications.ts';
import { channelRetention } from './channel-retention.ts';
import { confirmDialog, openDialog } from './dialog.ts';
import { fill, h } from './dom.ts';
import type { Workspace } from './workspace.ts';

/** What one can say about a channel that one is in: what of it pushes, and of one with a name how it is called and used. */
export function channelSettingsDialog(workspace: Workspace, channel: Channel): void {
  const called = channel.type !== 'dm' && Boolean(channel.name);
  const form = called ? channelForm(workspace, channel, () => dialog.close()) : undefined;
  const dialog = openDialog(
    `About ${workspace.title(channel)}`,
    form?.element,
    channelNotifications(workspace, channel),
    channelRetention(workspace, channel),
  );
  form?.focus();
}

/** Changes a channel's name, topic, and who may post, and takes it out of use or back. Who may not is told so by the server. */
function channelForm(
  workspace: Workspace,
  channel: Channel,
  onDone: () => void,
): { element: HTMLElement; focus: () => void } {
  const attributes = { type: 'text', autocomplete: 'off' } as const;
  const name = h('input', { ...attributes, id: 'channel-name', required: true, maxlength: 80 });
  const topic = h('input', { ...attributes, id: 'channel-topic', maxlength: 250 });
  name.value = channel.name ?? '';
  topic.value = channel.topic ?? '';
  const manages = workspace.moderates(channel.channel_id);
  const posting = h(
    'select',
    { id: 'channel-posting' },
    h('option', { value: 'everyone' }, 'Everyone in it'),
    h('option', { value: 'managers' }, 'Announcements: its creator, admins and owners'),
  );
  posting.value = channel.posting ?? 'everyone';
  const error = h('p', { class: 'form-error', role: 'alert' });
  const archive = h('button', { type: 'button', class: 'button' }, channel.archived ? 'Use it again' : 'Archive');
  const save = h('button', { type: 'submit', class: 'button primary' }, 'Save');
  const form = h(
    'form',
    {},
    h('label', { for: 'channel-name' }, 'Name'),
    name,
    h('label', { for: 'channel-topic' }, 'Topic'),
    topic,
    manages && h('label', { for: 'channel-posting' }, 'Who may post'),
    manages && posting,
    manages && h('p', { class: 'quiet hint' }, 'Everyone in it may reply in threads and react.'),
    error,
    h('div', { class: 'dialog-foot' }, archive, save),
  );
  const change = async (fields: { name?: string; topic?: string; archived?: boolean; posting?: Posting }) => {
    fill(error);
    try {
      workspace.add(await workspace.client.rest.updateChannel(channel.channel_id, fields));
      onDone();
    } catch (problem) {
      if (!(problem instanceof MillraceError)) throw problem;
      fill(error, problem.detail);
    }
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    // Only what differs: a member may change the topic, and not the name.
    const renamed = name.value.trim() === channel.name ? {} : { name: name.value.trim() };
    const told = topic.value.trim() === (channel.topic ?? '') ? {} : { topic: topic.value.trim() };
    const allowed = posting.value === (channel.posting ?? 'everyone') ? {} : { posting: posting.value as Posting };
    const changed = { ...renamed, ...told, ...allowed };
    if (Object.keys(changed).length === 0) onDone();
    else void change(changed);
  });
  archive.addEventListener('click', async () => {
    const sure =
      channel.archived ||
      (await confirmDialog(`Archive ${workspace.title(channel)}?`, 'It can be read, but not written to.', 'Archive'));
    if (sure) await change({ archived: !channel.archived });
  });
  return { element: form, focus: () => topic.focus() };
}
