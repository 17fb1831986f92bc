import { type Channel, MillraceError, Timeline } from '../../client/index.ts';
import { membersDialog } from './channel-dialogs.ts';
import { channelGlyph } from './channel-glyph.ts';
import { Composer } from './composer.ts';
import { confirmDialog } from './dialog.ts';
import { fill, h, setText } from './dom.ts';
import { icon } from './icon.ts';
import { MessageCommands } from './message-commands.ts';
import { MessageList } from './message-list.ts';
import type { Toasts } from './toast.ts';
import { TypingLine } from './typing-line.ts';
import type { Workspace } from './workspace.ts';

const PAGE = 50;
const WINDOW = 200;

export interface ChannelViewOptions {
  readonly workspace: Workspace;
  readonly toasts: Toasts;
  readonly channel: Channel;
  readonly unfinished: Map<string, string>;
  readonly onThread: (channelId: string, rootId: string) => void;
  readonly onMenu: () => void;
  readonly onSearch: () => void;
  readonly onJoined: (channel: Channel) => void;
}

/** One channel: its head, messages, and composer. */
export class ChannelView {
  readonly element = h('main', { class: 'channel', tabindex: -1 });
  readonly #options: ChannelViewOptions;
  readonly #timeline: Timeline;
  readonly #list: MessageList;
  readonly #composer: Composer | undefined;
  readonly #typing: TypingLine;
  readonly #title = h('h1', {});
  readonly #glyph = h('span', { class: 'glyph' });
  readonly #topic = h('p', { class: 'topic' });
  readonly #count = h('span', {});
  readonly #stops: (() => void)[] = [];
  #marking = false;

  constructor(options: ChannelViewOptions) {
    this.#options = options;
    const { workspace, channel, toasts } = options;
    const { channel_id } = channel;
    const title = workspace.title(channel);
    const member = workspace.channels.has(channel_id);
    const writable = member && !channel.archived;
    const counts = workspace.unread.get(channel_id);
    this.#timeline = new Timeline({ channelId: channel_id, userId: workspace.me.user_id, limit: WINDOW });
    const commands = new MessageCommands(workspace, toasts, this.#timeline, () => this.#list.refresh());
    this.#list = new MessageList({
      workspace,
      timeline: this.#timeline,
      label: `Messages in ${title}`,
      writable,
      ...(counts.unread > 0 ? { newAfter: counts.last_read_seq } : {}),
      actions: {
        onThread: (message) => options.onThread(channel_id, message.message_id),
        onEdit: (message) => this.#composer?.edit(message),
        onDelete: (message) => void commands.remove(message),
        onReact: commands.react,
        onRetry: commands.retry,
        onDiscard: commands.discard,
      },
      load: ({ direction, anchor }, around) =>
        workspace.client.rest.history(channel_id, {
          limit: PAGE,
          ...(direction === 'window' ? (around ? { around } : {}) : anchor ? { [direction]: anchor } : {}),
        }),
      beginning: () => this.#beginning(),
      onNewestSeen: () => void this.markRead(),
      presencePart: 'channel',
    });
    this.#composer = writable
      ? new Composer({
          workspace,
          label: composerLabel(channel, title),
          unfinished: options.unfinished,
          place: channel_id,
          onSend: (text) => {
            this.#list.toNewest();
            return commands.send(channel_id, null, text);
          },
          onEdit: commands.edit,
          onTyping: () => workspace.client.session.typing(channel_id),
          lastOwn: () =>
            this.#timeline.messages.findLast(({ user_id, deleted }) => user_id === workspace.me.user_id && !deleted),
        })
      : undefined;
    this.#typing = new TypingLine(workspace, channel_id);
    fill(this.element, this.#head(), this.#list.element, this.#foot(member), this.#typing.element);
    this.#listen();
    this.refresh();
  }

  get channelId(): string {
    return this.#options.channel.channel_id;
  }

  /** Loads the newest messages, or goes to one. */
  async open(messageId?: string): Promise<void> {
    if (messageId) await this.#list.jumpTo(messageId);
    else await this.#list.open();
  }

  focusComposer(): void {
    if (this.#composer) this.#composer.focus();
    else this.element.focus();
  }

  /** Shows names and counts as they are now. */
  refresh(): void {
    const { workspace, channel } = this.#options;
    const now = workspace.channels.get(channel.channel_id) ?? channel;
    const title = workspace.title(now);
    setText(this.#title, title);
    fill(this.#glyph, channelGlyph(now, workspace));
    this.#composer?.relabel(composerLabel(now, title));
    setText(this.#topic, now.topic ?? '');
    setText(this.#count, String(now.member_count));
    this.#list.refresh();
  }

  /** Tells the server, if the newest message is on screen and someone is there to see it. */
  async markRead(): Promise<void> {
    const { workspace } = this.#options;
    if (this.#marking || !this.#list.atNewest || !document.hasFocus() || document.hidden) return;
    if (!workspace.channels.has(this.channelId)) return;
    this.#marking = true;
    try {
      await workspace.markRead(this.channelId);
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      // The count stays on screen; the next message or focus tries again.
      console.debug(`mark read: ${error.message}`);
    } finally {
      this.#marking = false;
    }
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
    this.#list.dispose();
    this.#typing.dispose();
  }

  #listen(): void {
    const { workspace } = this.#options;
    const { outbox } = workspace.client;
    const onFocus = () => void this.markRead();
    window.addEventListener('focus', onFocus);
    this.#stops.push(
      () => window.removeEventListener('focus', onFocus),
      workspace.people.events.on('change', () => this.refresh()),
      workspace.client.session.events.on('hello', () => this.#list.retry()),
      workspace.events.on('event', (frame) => {
        if (this.#timeline.apply(frame)) this.#list.refresh();
      }),
      workspace.events.on('reset', (channelId) => {
        if (channelId !== this.channelId) return;
        this.#timeline.reset();
        void this.#list.open();
      }),
      outbox.events.on('change', (draft) => {
        this.#timeline.echo(draft);
        this.#list.refresh();
      }),
      outbox.events.on('discard', (draft) => {
        this.#timeline.discard(draft);
        this.#list.refresh();
      }),
    );
    for (const draft of outbox.drafts()) this.#timeline.echo(draft);
  }

  #head(): HTMLElement {
    const { workspace, channel, onMenu, onSearch } = this.#options;
    const button = (label: string, ...content: (Node | string)[]) =>
      h('button', { type: 'button', class: 'icon-button', 'aria-label': label, title: label }, ...content);
    const menu = button('Channels', icon('menu'));
    menu.classList.add('menu-button');
    menu.addEventListener('click', onMenu);
    const people = button('People', icon('people'), this.#count);
    people.addEventListener('click', () => {
      const now = workspace.channels.get(channel.channel_id) ?? channel;
      membersDialog(workspace, now, () => void this.#leave());
    });
    const search = button('Search (Ctrl+Shift+F)', icon('search'));
    search.addEventListener('click', onSearch);
    return h(
      'header',
      { class: 'channel-head' },
      menu,
      h('div', { class: 'channel-name' }, h('div', { class: 'channel-title' }, this.#glyph, this.#title), this.#topic),
      people,
      search,
    );
  }

  #foot(member: boolean): HTMLElement {
    const { channel, workspace, toasts, onJoined } = this.#options;
    if (this.#composer) return this.#composer.element;
    if (member)
      return h('div', { class: 'foot-note' }, 'This channel is archived: it can be read, but not written to.');
    const join = h('button', { type: 'button', class: 'button primary' }, 'Join this channel');
    join.addEventListener('click', async () => {
      const { rest } = workspace.client;
      try {
        await rest.addMember(channel.channel_id, workspace.me.user_id);
        onJoined(await rest.channel(channel.channel_id));
      } catch (error) {
        toasts.problem(error, 'Not joined');
      }
    });
    return h('div', { class: 'foot-note' }, 'You are looking in from outside.', join);
  }

  #beginning(): HTMLElement {
    const { workspace, channel } = this.#options;
    const title = workspace.title(channel);
    const empty = this.#timeline.entries().length === 0;
    const text =
      channel.type === 'dm'
        ? `This is between you and ${title}.`
        : empty
          ? 'Nothing has been said here yet. Write the first message.'
          : `This is where #${title} begins.`;
    return h(
      'div',
      { class: 'beginning' },
      h('span', { class: 'beginning-mark', 'aria-hidden': 'true' }, channelGlyph(channel, workspace)),
      h('h2', {}, title),
      h('p', { class: 'quiet' }, text),
    );
  }

  async #leave(): Promise<void> {
    const { workspace, channel, toasts } = this.#options;
    const sure = await confirmDialog(
      `Leave ${workspace.title(channel)}?`,
      'You stop hearing what is said there.',
      'Leave',
    );
    if (!sure) return;
    try {
      await workspace.client.rest.removeMember(channel.channel_id, workspace.me.user_id);
      workspace.remove(channel.channel_id);
    } catch (error) {
      toasts.problem(error, 'Not left');
    }
  }
}

function composerLabel(channel: Channel, title: string): string {
  return channel.type === 'dm' || !channel.name ? `Message ${title}` : `Message #${title}`;
}
