import { type Channel, type Message, MillraceError, Timeline } from '../../client/index.ts';
import { membersDialog } from './channel-dialogs.ts';
import { type FootKind, footKind, footNote } from './channel-foot.ts';
import { channelGlyph } from './channel-glyph.ts';
import { ChannelHead } from './channel-head.ts';
import { Composer } from './composer.ts';
import { confirmDialog } from './dialog.ts';
import { fill, h } from './dom.ts';
import { editsDialog } from './edits-dialog.ts';
import { MessageCommands } from './message-commands.ts';
import { MessageList } from './message-list.ts';
import { profileDialog } from './profile-dialog.ts';
import type { Toasts } from './toast.ts';
import { TypingLine } from './typing-line.ts';
import type { Workspace } from './workspace.ts';

/** As many messages as are kept of a channel without a network. */
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
  /** Goes to the channel with someone. */
  readonly onMessage: (channel: Channel) => void;
}

/** One channel: its head, messages, and composer. */
export class ChannelView {
  readonly element = h('main', { class: 'channel', tabindex: -1 });
  readonly #options: ChannelViewOptions;
  readonly #timeline: Timeline;
  readonly #list: MessageList;
  readonly #composer: Composer | undefined;
  readonly #typing: TypingLine;
  readonly #head: ChannelHead;
  /** As this view was made for. */
  readonly foot: FootKind;
  readonly #note: HTMLElement | undefined;
  readonly #stops: (() => void)[] = [];
  #marking = false;
  /** What is shown was kept on this device, and not read from the server. */
  #kept = false;

  constructor(options: ChannelViewOptions) {
    this.#options = options;
    const { workspace, channel, toasts } = options;
    const { channel_id } = channel;
    const title = workspace.title(channel);
    const member = workspace.channels.has(channel_id);
    const writable = member && !channel.archived;
    this.foot = footKind(channel, workspace);
    this.#timeline = new Timeline({ channelId: channel_id, userId: workspace.me.user_id, limit: WINDOW });
    const commands = new MessageCommands(workspace, toasts, this.#timeline, () => this.#list.refresh());
    this.#list = new MessageList({
      workspace,
      timeline: this.#timeline,
      label: `Messages in ${title}`,
      writable,
      actions: {
        onThread: (message) => options.onThread(channel_id, message.message_id),
        onEdit: (message) => this.#composer?.edit(message),
        onDelete: (message) => void commands.remove(message),
        onReact: commands.react,
        ...(member ? { onUnread: (message: Message) => void commands.markUnread(message) } : {}),
        onEdits: (message) => void editsDialog(workspace, message),
        onPerson: (userId) => void profileDialog(workspace, userId, options.onMessage),
        onRetry: commands.retry,
        onDiscard: commands.discard,
      },
      load: async (request, around) => {
        const page = await workspace.history.channel(channel_id, request, around);
        if (request.direction === 'window') this.#kept = page.kept;
        return page;
      },
      onPage: () => {
        if (!this.#kept) workspace.history.keep(channel_id, this.#timeline);
      },
      beginning: () => this.#beginning(),
      onNewestSeen: (came) => {
        if (came) workspace.reading.readOn(channel_id);
        void this.markRead();
      },
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
          onEditing: (editing) => this.#editing(editing),
          onTyping: () => workspace.client.session.typing(channel_id),
          lastOwn: () =>
            this.#timeline.messages.findLast(({ user_id, deleted }) => user_id === workspace.me.user_id && !deleted),
        })
      : undefined;
    this.#typing = new TypingLine(workspace, channel_id);
    this.#head = new ChannelHead({
      workspace,
      channel,
      onMenu: options.onMenu,
      onSearch: options.onSearch,
      onPeople: () => membersDialog(workspace, this.channel, () => void this.#leave(), options.onMessage),
    });
    if (this.foot !== 'composer') this.#note = footNote(this.foot, () => void this.#join());
    fill(
      this.element,
      this.#head.element,
      this.#list.element,
      this.#note,
      this.#composer?.element,
      this.#typing.element,
    );
    this.#editing(false);
    this.#markNew();
    this.#listen();
    this.refresh();
  }

  get channelId(): string {
    return this.#options.channel.channel_id;
  }

  /** As it is now. */
  get channel(): Channel {
    return this.#options.workspace.channels.get(this.channelId) ?? this.#options.channel;
  }

  /** Loads the newest messages, or goes to one. */
  async open(messageId?: string): Promise<void> {
    this.#options.workspace.reading.readOn(this.channelId);
    this.#markNew();
    if (messageId) await this.#list.jumpTo(messageId);
    else await this.#list.open();
  }

  focusComposer(): void {
    if (this.foot === 'composer') this.#composer?.focus();
    else this.element.focus();
  }

  /** Shows names and counts as they are now. */
  refresh(): void {
    const { channel } = this;
    this.#head.refresh(channel);
    this.#composer?.relabel(composerLabel(channel, this.#options.workspace.title(channel)));
    this.#list.refresh();
  }

  /** Tells the server, if the newest message is on screen and someone is there to see it. */
  async markRead(unseen = false): Promise<void> {
    const { workspace } = this.#options;
    if (this.#marking || !(unseen || this.#list.atNewest) || !document.hasFocus() || document.hidden) return;
    if (!workspace.channels.has(this.channelId) || !workspace.history.connected) return;
    this.#marking = true;
    try {
      await workspace.reading.markRead(this.channelId);
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      // The count stays on screen; the next message or focus tries again.
      console.debug(`mark read: ${error.message}`);
    } finally {
      this.#marking = false;
    }
  }

  /** Goes to the newest message, and reads all up to it. */
  readAll(): void {
    const { reading, unread } = this.#options.workspace;
    if (unread.get(this.channelId).unread === 0) return;
    reading.readOn(this.channelId);
    this.#list.toNewest();
    void this.markRead(true);
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
      workspace.groups.events.on('change', () => this.#list.refresh()),
      workspace.threads.events.on('change', () => this.#list.refresh()),
      workspace.reading.events.on('unread', (channelId) => {
        if (channelId === this.channelId) this.#markNew();
      }),
      workspace.client.session.events.on('hello', () => {
        // Kept messages are caught up by events; one who reads further up is left in peace.
        if (this.#kept && this.#list.atNewest) void this.#list.open();
        else this.#list.retry();
      }),
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

  /** Where only managers post, the field is there for changing what one said. */
  #editing(editing: boolean): void {
    if (!this.#note || !this.#composer) return;
    const hadFocus = this.#composer.element.contains(document.activeElement);
    this.#note.hidden = editing;
    this.#composer.element.hidden = !editing;
    if (hadFocus && !editing) this.element.focus();
  }

  #markNew(): void {
    const { unread, last_read_seq } = this.#options.workspace.unread.get(this.channelId);
    this.#list.markNew(unread > 0 ? ({ seq }) => seq > last_read_seq : undefined);
  }

  async #join(): Promise<void> {
    const { channel, workspace, toasts, onJoined } = this.#options;
    const { rest } = workspace.client;
    try {
      await rest.addMember(channel.channel_id, workspace.me.user_id);
      onJoined(await rest.channel(channel.channel_id));
    } catch (error) {
      toasts.problem(error, 'Not joined');
    }
  }

  #beginning(): HTMLElement {
    const { workspace } = this.#options;
    const { channel } = this;
    const title = workspace.title(channel);
    if (channel.history_from) return h('p', { class: 'quiet no-longer-kept' }, 'Earlier messages are no longer kept.');
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
