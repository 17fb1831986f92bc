import type { Channel, ChannelType, Member } from '../../client/index.ts';
import { moveInList } from './arrow-keys.ts';
import { avatar } from './avatar.ts';
import { openDialog } from './dialog.ts';
import { fill, h } from './dom.ts';
import { icon } from './icon.ts';
import { orProblem } from './or-problem.ts';
import { PeoplePicker } from './people-picker.ts';
import { presenceDot } from './presence-dot.ts';
import { profileDialog } from './profile-dialog.ts';
import type { Workspace } from './workspace.ts';

/** Asks for a name and a kind, and makes a channel; `onDone` gets it. */
export function createChannelDialog(workspace: Workspace, onDone: (channel: Channel) => void): void {
  const name = h('input', {
    type: 'text',
    id: 'channel-name',
    required: true,
    maxlength: 80,
    autocomplete: 'off',
    placeholder: 'plans',
  });
  const secret = h('input', { type: 'checkbox', id: 'channel-private' });
  const error = h('p', { class: 'form-error', role: 'alert' });
  const submit = h('button', { type: 'submit', class: 'button primary' }, 'Create channel');
  const form = h(
    'form',
    {},
    h('label', { for: 'channel-name' }, 'Name'),
    name,
    h('label', { class: 'check', for: 'channel-private' }, secret, 'Private: only people who were invited can see it'),
    error,
    h('div', { class: 'dialog-foot' }, submit),
  );
  const dialog = openDialog('Create a channel', form);
  name.focus();
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    submit.disabled = true;
    const type: ChannelType = secret.checked ? 'private' : 'public';
    const channel = await orProblem(workspace.client.rest.createChannel({ name: name.value.trim(), type }), error);
    submit.disabled = false;
    if (!channel) return;
    dialog.close();
    onDone(channel);
  });
}

/** Shows who is in a channel, finds people to add, and offers to leave. */
export function membersDialog(
  workspace: Workspace,
  channel: Channel,
  onLeave: () => void,
  onMessage: (channel: Channel) => void,
): void {
  const error = h('p', { class: 'form-error', role: 'alert' });
  const list = h('ul', { class: 'people' }, h('li', { class: 'quiet' }, 'Loading…'));
  const { rest } = workspace.client;
  let page: { members: readonly Member[]; next_cursor: string | null } | undefined;
  const load = async () => {
    page = await orProblem(rest.members(channel.channel_id, { limit: 200 }), error);
    if (page) show();
  };
  const goTo = (direct: Channel) => {
    dialog.close();
    onMessage(direct);
  };
  // Names arrive one by one: shown anew with each, not asked for anew.
  const show = () => {
    if (!page) return;
    workspace.presences.show(
      'members',
      page.members.map(({ user_id }) => user_id),
    );
    const rows = page.members.map(({ user_id, role }) => {
      const name = workspace.people.name(user_id);
      return h(
        'li',
        { class: 'person' },
        presenceDot(user_id, workspace.presences.of(user_id), true),
        avatar(user_id, name),
        h(
          'button',
          {
            type: 'button',
            class: 'link option-name',
            'aria-haspopup': 'dialog',
            on: { click: () => void profileDialog(workspace, user_id, goTo) },
          },
          name,
        ),
        h('span', { class: 'quiet' }, role),
      );
    });
    fill(list, ...rows, page.next_cursor && h('li', { class: 'quiet' }, 'and more'));
  };
  const picker = new PeoplePicker(workspace, 'Add people by name', async (user) => {
    fill(error);
    const added = await orProblem(
      rest.addMember(channel.channel_id, user.user_id).then(() => true),
      error,
    );
    if (added) await load();
  });
  const member = workspace.channels.has(channel.channel_id);
  const leave = () => {
    dialog.close();
    onLeave();
  };
  const dialog = openDialog(
    `People in ${workspace.title(channel)}`,
    member && channel.type !== 'dm' && picker.element,
    error,
    list,
    member &&
      channel.type !== 'dm' &&
      h(
        'div',
        { class: 'dialog-foot' },
        h('button', { type: 'button', class: 'button', on: { click: leave } }, 'Leave this channel'),
      ),
  );
  const stop = workspace.people.events.on('change', show);
  dialog.addEventListener('close', () => {
    stop();
    workspace.presences.hide('members');
    workspace.presences.hide('picker');
  });
  void load();
  picker.focus();
}

/** Lists the public channels that one is not in; pressing one joins it. */
export function browseDialog(workspace: Workspace, onDone: (channel: Channel) => void): void {
  const error = h('p', { class: 'form-error', role: 'alert' });
  const list = h('div', { class: 'browse' }, h('p', { class: 'quiet' }, 'Loading…'));
  const dialog = openDialog('Browse channels', error, list);
  list.addEventListener('keydown', (event) => moveInList(event, list, 'button'));
  const { rest } = workspace.client;
  const join = async (channel: Channel) => {
    const joined = await orProblem(
      rest.addMember(channel.channel_id, workspace.me.user_id).then(() => rest.channel(channel.channel_id)),
      error,
    );
    if (!joined) return;
    dialog.close();
    onDone(joined);
  };
  const load = async (cursor?: string) => {
    const page = await orProblem(rest.channels({ member: false, limit: 100, ...(cursor ? { cursor } : {}) }), error);
    if (!page) return;
    const rows = page.channels.map((channel) =>
      h(
        'button',
        { type: 'button', class: 'browse-row', on: { click: () => void join(channel) } },
        icon('hash'),
        h('span', { class: 'option-name' }, channel.name ?? channel.channel_id),
        h('span', { class: 'quiet grow' }, channel.topic ?? ''),
        h('span', { class: 'quiet' }, channel.member_count === 1 ? '1 member' : `${channel.member_count} members`),
        h('span', { class: 'tag' }, 'Join'),
      ),
    );
    if (cursor) list.lastElementChild?.remove();
    else fill(list);
    list.append(...rows);
    const { next_cursor } = page;
    if (next_cursor)
      list.append(
        h('button', { type: 'button', class: 'button', on: { click: () => void load(next_cursor) } }, 'More'),
      );
    if (!cursor && rows.length === 0) fill(list, h('p', { class: 'quiet' }, 'You are in every public channel.'));
    else if (!cursor) rows[0]?.focus();
  };
  void load();
}
