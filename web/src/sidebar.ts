import type { Channel } from '../../client/index.ts';
import { moveInList } from './arrow-keys.ts';
import { avatar } from './avatar.ts';
import { channelGlyph } from './channel-glyph.ts';
import { endName } from './dates.ts';
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
  readonly onPeople: () => void;
  readonly onReadAll: () => void;
  readonly onSwitch: () => void;
  readonly onStatus: () => void;
  /** Absent for those who may not change the workspace. */
  readonly onWorkspace: (() => void) | undefined;
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
  #order: readonly string[] = [];

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
        ['Mark all as read', 'check-all', options.onReadAll],
        ['Browse channels', 'compass', options.onBrowse],
        ['Create a channel', 'plus', options.onCreate],
      ]),
      channels,
      this.#empty,
      this.#section('Direct messages', [
        ['People and groups', 'people', options.onPeople],
        ['Message someone', 'plus', options.onMessage],
      ]),
      people,
    );
    nav.addEventListener('keydown', (event) => moveInList(event, nav, '.side-row'));
    const out = iconButton('Sign out', 'leave', options.onSignOut);
    this.element = h(
      'div',
      { class: 'sidebar', id: 'sidebar' },
      h(
        'header',
        { class: 'side-head' },
        h('span', { class: 'workspace-name' }, options.workspace.me.workspace_id),
        options.onWorkspace && iconButton('Workspace settings', 'sliders', options.onWorkspace),
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
    const direct = all.filter(isPerson).sort(byTitle);
    this.#people.show(direct.map((channel) => this.#row(channel)));
    this.#order = [...shared, ...direct].map(({ channel_id }) => channel_id);
    this.#empty.hidden = shared.length > 0;
    const name = workspace.people.name(workspace.me.user_id);
    const me = workspace.me.user_id;
    const status = workspace.presences.of(me);
    const until = workspace.statusEnd.of(status);
    const end = until && `${status} until ${endName(until)}`;
    this.#self.setAttribute('aria-label', `${name}, ${end ?? status}: set your status`);
    const shown = JSON.stringify([name, end]);
    if (this.#self.dataset['shown'] === shown) return;
    this.#self.dataset['shown'] = shown;
    const picture = h('span', { class: 'avatar-place' }, avatar(me, name), presenceDot(me, status, false));
    const ends = end !== undefined && h('span', { class: 'quiet self-end' }, end);
    fill(this.#self, picture, h('span', { class: 'self-text' }, h('span', { class: 'option-name' }, name), ends));
  }

  /** The channel that stands so many rows below the open one; none beyond either end. */
  beside(step: number): string | undefined {
    const at = this.#order.indexOf(this.#current ?? '');
    return this.#order[at + step];
  }

  focus(): void {
    const row =
      this.element.querySelector<HTMLElement>('[aria-current]') ?? this.element.querySelector<HTMLElement>('.side-row');
    row?.focus();
  }

  #row(channel: Channel): KeyedRow {
    const { workspace, onOpen } = this.#options;
    const { unread, mentions } = workspace.unread.get(channel.channel_id);
    const { posting } = channel;
    const current = channel.channel_id === this.#current;
    const title = workspace.title(channel);
    const partner = workspace.partner(channel);
    const direct = channel.type === 'dm' ? unread : mentions;
    const status = partner && workspace.presences.of(partner);
    const muted = workspace.levels.muted(channel.channel_id);
    const label = [
      title,
      status,
      muted && 'muted',
      unread > 0 && `${unread} unread`,
      mentions > 0 && `${mentions} mention${mentions === 1 ? '' : 's'}`,
    ]
      .filter(Boolean)
      .join(', ');
    return {
      key: channel.channel_id,
      signature: JSON.stringify([title, channel.type, posting, unread, direct, current, status, muted]),
      make: () =>
        h(
          'button',
          {
            type: 'button',
            class: `side-row${muted ? ' muted' : unread > 0 || mentions > 0 ? ' unread' : ''}`,
            'aria-current': current && 'page',
            'aria-label': label,
            on: { click: () => onOpen(channel.channel_id) },
          },
          channelGlyph(channel, workspace),
          h('span', { class: 'option-name' }, title),
          muted && icon('bell-off'),
          direct > 0 && !muted
            ? h('span', { class: 'badge mentions', 'data-count': cap(direct) })
            : unread > 0 && h('span', { class: 'badge', 'data-count': cap(unread) }),
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
      ...buttons.map(([label, name, click]) => iconButton(label, name, click)),
    );
  }
}

function iconButton(label: string, name: Parameters<typeof icon>[0], click: () => void): HTMLElement {
  const attributes = { type: 'button', class: 'icon-button', 'aria-label': label, title: label };
  return h('button', { ...attributes, on: { click } }, icon(name));
}

function cap(count: number): string {
  return count > 99 ? '99+' : String(count);
}

function shortcut(): string {
  return /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘K' : 'Ctrl K';
}
