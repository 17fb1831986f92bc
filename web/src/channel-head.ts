import type { Channel } from '../../client/index.ts';
import { channelGlyph } from './channel-glyph.ts';
import { channelSettingsDialog } from './channel-settings.ts';
import { fill, h, setText } from './dom.ts';
import { icon } from './icon.ts';
import type { Workspace } from './workspace.ts';

export interface ChannelHeadOptions {
  readonly workspace: Workspace;
  readonly channel: Channel;
  readonly onMenu: () => void;
  readonly onSearch: () => void;
  readonly onPeople: () => void;
}

/** The line above a channel's messages: how it is called, and what leads from it. */
export class ChannelHead {
  readonly element: HTMLElement;
  readonly #workspace: Workspace;
  readonly #title = h('h1', {});
  readonly #glyph = h('span', { class: 'glyph' });
  readonly #topic = h('p', { class: 'topic' });
  readonly #count = h('span', {});
  readonly #people: HTMLButtonElement;

  constructor({ workspace, channel, onMenu, onSearch, onPeople }: ChannelHeadOptions) {
    this.#workspace = workspace;
    const button = (label: string, name: Parameters<typeof icon>[0], click: () => void) =>
      h(
        'button',
        { type: 'button', class: 'icon-button', 'aria-label': label, title: label, on: { click } },
        icon(name),
      );
    const menu = button('Channels', 'menu', onMenu);
    menu.classList.add('menu-button');
    this.#people = button('People', 'people', onPeople);
    this.#people.append(this.#count);
    const now = () => workspace.channels.get(channel.channel_id) ?? channel;
    const settings = button('About this channel', 'sliders', () => channelSettingsDialog(workspace, now()));
    const member = workspace.channels.has(channel.channel_id);
    this.element = h(
      'header',
      { class: 'channel-head' },
      menu,
      h('div', { class: 'channel-name' }, h('div', { class: 'channel-title' }, this.#glyph, this.#title), this.#topic),
      member && settings,
      this.#people,
      button('Search (Ctrl+Shift+F)', 'search', onSearch),
    );
  }

  /** Shows the channel as it is now. */
  refresh(channel: Channel): void {
    setText(this.#title, this.#workspace.title(channel));
    fill(this.#glyph, channelGlyph(channel, this.#workspace));
    setText(this.#topic, channel.topic ?? '');
    setText(this.#count, String(channel.member_count));
    this.#people.setAttribute('aria-label', `People: ${channel.member_count}`);
  }
}
