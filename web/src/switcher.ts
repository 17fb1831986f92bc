import type { Channel } from '../../client/index.ts';
import { channelGlyph } from './channel-glyph.ts';
import { showModal } from './dialog.ts';
import { fill, h } from './dom.ts';
import type { Workspace } from './workspace.ts';

const MAX_SHOWN = 12;

/** Opens the quick switcher: a few letters and Enter lead to a channel. */
export function openSwitcher(workspace: Workspace, onPick: (channelId: string) => void): void {
  const input = h('input', {
    type: 'text',
    role: 'combobox',
    'aria-label': 'Go to a channel',
    'aria-expanded': 'true',
    'aria-controls': 'switcher-list',
    placeholder: 'Go to…',
    autocomplete: 'off',
  });
  const list = h('div', { class: 'switcher-list', role: 'listbox', id: 'switcher-list', 'aria-label': 'Channels' });
  const dialog = h('dialog', { class: 'dialog switcher', 'aria-label': 'Go to a channel' }, input, list);
  let found: Channel[] = [];
  let active = 0;
  const pick = (channel: Channel | undefined) => {
    if (!channel) return;
    dialog.close();
    onPick(channel.channel_id);
  };
  const show = () => {
    found = rank([...workspace.channels.values()], input.value, workspace).slice(0, MAX_SHOWN);
    active = Math.min(active, Math.max(0, found.length - 1));
    const options = found.map((channel, index) => {
      const { unread } = workspace.unread.get(channel.channel_id);
      return h(
        'div',
        {
          class: 'option',
          role: 'option',
          id: `switcher-${index}`,
          'aria-selected': String(index === active),
          on: { click: () => pick(channel) },
        },
        channelGlyph(channel, workspace),
        h('span', { class: 'option-name' }, workspace.title(channel)),
        unread > 0 && h('span', { class: 'quiet' }, `${unread} new`),
      );
    });
    fill(
      list,
      ...options,
      options.length === 0 && h('p', { class: 'quiet empty' }, 'No channel of yours is called that.'),
    );
    if (options.length > 0) input.setAttribute('aria-activedescendant', `switcher-${active}`);
    else input.removeAttribute('aria-activedescendant');
  };
  input.addEventListener('input', () => {
    active = 0;
    show();
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') pick(found[active]);
    else if (event.key === 'ArrowDown') active = Math.min(found.length - 1, active + 1);
    else if (event.key === 'ArrowUp') active = Math.max(0, active - 1);
    else return;
    event.preventDefault();
    show();
  });
  showModal(dialog);
  show();
  input.focus();
}

/** Those that match: names that begin with the letters first, then unread ones, then by name. */
function rank(channels: readonly Channel[], typed: string, workspace: Workspace): Channel[] {
  const wanted = typed.trim().replace(/^[#@]/, '').toLocaleLowerCase();
  return channels
    .map((channel) => {
      const title = workspace.title(channel).toLocaleLowerCase();
      const at = title.indexOf(wanted);
      const { unread, mentions } = workspace.unread.get(channel.channel_id);
      return { channel, title, at, weight: (at === 0 ? 0 : 2) + (mentions > 0 || unread > 0 ? 0 : 1) };
    })
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.weight - b.weight || a.title.localeCompare(b.title))
    .map(({ channel }) => channel);
}
