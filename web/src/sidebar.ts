import type { Channel } from '../../client/index.ts';
import { moveInList } from './arrow-keys.ts';
import { avatar } from './avatar.ts';
import { channelGlyph } from './channel-glyph.ts';
import { fill, h } from './dom.ts';
import { icon } from './icon.ts';
import { type KeyedRow, KeyedRows } from './keyed-rows.ts';
import { presenceDot } from './presence-dot.ts';
import { themeButton } from './theme.ts';
import type { Workspace } from './workspace.ts';

export interface SidebarOptions {
  readonly workspace: Workspace;
  readonly onOpen: (channelId: string) => void;
  readonly onCreate: () => void;
  readonly onBrowse: () => void;
  readonly onMessage: () => void;
  readonly onSwitch: () => void;
  readonly onStatus: () => void;
  readonly onSignOut: () => void;
  /** The line that tells how the connection is. */
  readonly status: HTMLElement;
}

/** One's channels with their unread counts, and who one is. */
export class Sidebar {
  readonly element: HTMLElement;
  readonly #options: SidebarOptions;
  readonly #channels: KeyedRows;
  readonly #people: KeyedRows;
  readonly #empty = h(
    'p',
    { class: 'quiet side-empty', hidden: true },
    'You are in no channel yet. Create one, or browse those of others.',
  );
  readonly #self: HTMLButtonElement;
  #current: string | undefined;

  constructor(options: SidebarOptions) {
    this.#options = options;
    this.#self = h('button', { type: 'button', class: 'self', title: 'Your status', on: { click: options.onStatus } });
    const channels = h('div', { class: 'side-list' });
    const people = h('div', { class: 'side-list' });
    this.#channels = new KeyedRows(channels);
    this.#people = new KeyedRows(people);
    const nav = h(
      'nav',
      { class: 'side-nav', 'aria-label': 'Channels' },
      this.#section('Channels', [
        ['Browse channels', 'compass', options.onBrowse],
        ['Create a channel', 'plus', options.onCreate],
      ]),
      channels,
      this.#empty,
      this.#section('Direct messages', [['Message someone', 'plus', options.onMessage]]),
      people,
    );
    nav.addEventListener('keydown', (event) => moveInList(event, nav, '.side-row'));
    const out = h(
      'button',
      {
        type: 'button',
        class: 'icon-button',
        'aria-label': 'Sign out',
        title: 'Sign out',
        on: { click: options.onSignOut },
      },
      icon('leave'),
    );
    this.element = h(
      'div',
      { class: 'sidebar', id: 'sidebar' },
      h(
        'header',
        { class: 'side-head' },
        h('span', { class: 'workspace-name' }, options.workspace.me.workspace_id),
        themeButton(),
      ),
      h(
        'button',
        { type: 'button', class: 'go-to', on: { click: options.onSwitch } },
        icon('search'),
        'Go to…',
        h('kbd', {}, shortcut()),
      ),
      nav,
      h('footer', { class: 'side-foot' }, options.status, h('div', { class: 'self-row' }, this.#self, out)),
    );
    this.refresh();
  }

  /** Shows the channels as they now are, and which one is open. */
  refresh(current = this.#current): void {
    this.#current = current;
    const { workspace } = this.#options;
    const all = [...workspace.channels.values()].filter(
      ({ archived, channel_id }) => !archived || channel_id === current,
    );
    const isPerson = ({ type, name }: Channel) => type === 'dm' || (type === 'group' && !name);
    const byTitle = (a: Channel, b: Channel) => workspace.title(a).localeCompare(workspace.title(b));
    const shared = all.filter((channel) => !isPerson(channel)).sort(byTitle);
    this.#channels.show(shared.map((channel) => this.#row(channel)));
    this.#people.show(
      all
        .filter(isPerson)
        .sort(byTitle)
        .map((channel) => this.#row(channel)),
    );
    this.#empty.hidden = shared.length > 0;
    const name = workspace.people.name(workspace.me.user_id);
    const me = workspace.me.user_id;
    const status = workspace.presences.of(me);
    this.#self.setAttribute('aria-label', `${name}, ${status}: set your status`);
    if (this.#self.dataset['name'] === name) return;
    this.#self.dataset['name'] = name;
    const picture = h('span', { class: 'avatar-place' }, avatar(me, name), presenceDot(me, status, false));
    fill(this.#self, picture, h('span', { class: 'option-name' }, name));
  }

  focus(): void {
    const row =
      this.element.querySelector<HTMLElement>('[aria-current]') ?? this.element.querySelector<HTMLElement>('.side-row');
    row?.focus();
  }

  #row(channel: Channel): KeyedRow {
    const { workspace, onOpen } = this.#options;
    const { unread, mentions } = workspace.unread.get(channel.channel_id);
    const current = channel.channel_id === this.#current;
    const title = workspace.title(channel);
    const partner = workspace.partner(channel);
    const direct = channel.type === 'dm' ? unread : mentions;
    const status = partner && workspace.presences.of(partner);
    const label = [
      title,
      status,
      unread > 0 && `${unread} unread`,
      mentions > 0 && `${mentions} mention${mentions === 1 ? '' : 's'}`,
    ]
      .filter(Boolean)
      .join(', ');
    return {
      key: channel.channel_id,
      signature: JSON.stringify([title, channel.type, unread, direct, current, status]),
      make: () =>
        h(
          'button',
          {
            type: 'button',
            class: unread > 0 || mentions > 0 ? 'side-row unread' : 'side-row',
            'aria-current': current && 'page',
            'aria-label': label,
            on: { click: () => onOpen(channel.channel_id) },
          },
          channelGlyph(channel, workspace),
          h('span', { class: 'option-name' }, title),
          direct > 0
            ? h('span', { class: 'badge mentions' }, cap(direct))
            : unread > 0 && h('span', { class: 'badge' }, cap(unread)),
        ),
    };
  }

  #section(
    title: string,
    buttons: readonly (readonly [string, Parameters<typeof icon>[0], () => void])[],
  ): HTMLElement {
    return h(
      'div',
      { class: 'side-section' },
      h('h2', {}, title),
      ...buttons.map(([label, name, click]) =>
        h(
          'button',
          { type: 'button', class: 'icon-button', 'aria-label': label, title: label, on: { click } },
          icon(name),
        ),
      ),
    );
  }
}

function cap(count: number): string {
  return count > 99 ? '99+' : String(count);
}

function shortcut(): string {
  return /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘K' : 'Ctrl K';
}
