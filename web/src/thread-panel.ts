import { type Channel, compareIds, MillraceError, Timeline } from '../../client/index.ts';
import { Composer } from './composer.ts';
import { h } from './dom.ts';
import { editsDialog } from './edits-dialog.ts';
import type { FoundThread } from './history.ts';
import { icon } from './icon.ts';
import { MessageCommands } from './message-commands.ts';
import { MessageList } from './message-list.ts';
import { profileDialog } from './profile-dialog.ts';
import { ThreadPeople } from './thread-people.ts';
import type { Toasts } from './toast.ts';
import type { Workspace } from './workspace.ts';

const WINDOW = 300;

export interface ThreadPanelOptions {
  readonly workspace: Workspace;
  readonly toasts: Toasts;
  readonly channelId: string;
  readonly rootId: string;
  readonly unfinished: Map<string, string>;
  readonly onClose: () => void;
  /** Goes to the channel with someone. */
  readonly onMessage: (channel: Channel) => void;
}

/** A thread beside its channel: root, replies, and a composer that replies. */
export class ThreadPanel {
  readonly element: HTMLElement;
  readonly #options: ThreadPanelOptions;
  readonly #timeline: Timeline;
  readonly #list: MessageList;
  readonly #composer: Composer | undefined;
  readonly #stops: (() => void)[] = [];
  /** What is shown was kept on this device: replies may be missing. */
  #kept = false;
  readonly #people: ThreadPeople;
  /** The reply that the server was last told of as read. */
  #told: string | undefined;

  constructor(options: ThreadPanelOptions) {
    this.#options = options;
    const { workspace, toasts, channelId, rootId } = options;
    this.#people = new ThreadPeople(workspace.people);
    const channel = workspace.channels.get(channelId);
    const writable = channel !== undefined && !channel.archived;
    this.#timeline = new Timeline({ channelId, userId: workspace.me.user_id, root: rootId, limit: WINDOW });
    const commands = new MessageCommands(workspace, toasts, this.#timeline, () => this.#list.refresh());
    this.#list = new MessageList({
      workspace,
      timeline: this.#timeline,
      label: 'Messages in the thread',
      writable,
      actions: {
        onEdit: (message) => this.#composer?.edit(message),
        onDelete: (message) => void commands.remove(message),
        onReact: commands.react,
        onEdits: (message) => void editsDialog(workspace, message),
        onPerson: (userId) => void profileDialog(workspace, userId, options.onMessage),
        onRetry: commands.retry,
        onDiscard: commands.discard,
      },
      load: async (request) => {
        const page = await workspace.history.thread(channelId, rootId, request);
        if (request.direction === 'window') {
          this.#kept = page.kept;
          this.#learn(page);
        }
        return page;
      },
      onPage: () => {
        if (!this.#kept) workspace.history.keepReplies(channelId, this.#timeline);
      },
      pagesBack: false,
      beginning: () => null,
      onNewestSeen: () => void this.#markRead(),
      presencePart: 'thread',
    });
    if (writable) {
      this.#composer = new Composer({
        workspace,
        label: 'Reply',
        unfinished: options.unfinished,
        place: `${channelId} ${rootId}`,
        onSend: (text) => {
          this.#list.toNewest();
          return commands.send(channelId, rootId, text);
        },
        onEdit: commands.edit,
        onTyping: () => workspace.client.session.typing(channelId),
        lastOwn: () =>
          this.#timeline.messages.findLast(({ user_id, deleted }) => user_id === workspace.me.user_id && !deleted),
      });
    }
    const title = channel ? (channel.name ? `#${channel.name}` : workspace.title(channel)) : '';
    this.element = h(
      'div',
      { class: 'panel', 'aria-label': 'Thread' },
      h(
        'div',
        { class: 'panel-head' },
        h('div', { class: 'channel-name' }, h('h2', {}, 'Thread'), h('p', { class: 'topic' }, title)),
        h(
          'button',
          { type: 'button', class: 'icon-button', 'aria-label': 'Close the thread', on: { click: options.onClose } },
          icon('close'),
        ),
      ),
      this.#people.element,
      this.#list.element,
      this.#composer?.element,
    );
    this.#listen();
  }

  /** Shows the end of the thread, or one reply. */
  async open(replyId?: string): Promise<void> {
    if (!replyId) this.#composer?.focus();
    await this.#show(replyId);
  }

  async #show(replyId?: string): Promise<void> {
    await this.#list.open();
    if (replyId) await this.#list.jumpTo(replyId);
    else this.#list.toNewest();
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
    this.#list.dispose();
  }

  /** Takes who takes part, and marks what is new since one was last here. */
  #learn({ participants = [], last_read_id, kept }: FoundThread): void {
    const { workspace, rootId } = this.#options;
    if (kept || last_read_id === undefined) return;
    this.#people.add(participants);
    const lastRead = last_read_id;
    this.#list.markNew(
      ({ message_id, thread_id, user_id }) =>
        thread_id !== null &&
        user_id !== workspace.me.user_id &&
        (lastRead === null || compareIds(message_id, lastRead) > 0),
    );
    workspace.threads.read(rootId, lastRead);
  }

  /** Tells the server, if the newest reply is on screen and someone is there to see it. */
  async #markRead(): Promise<void> {
    const { workspace, channelId, rootId } = this.#options;
    const newest = this.#timeline.messages.at(-1);
    const lastRead = workspace.threads.lastRead(rootId);
    if (!newest || newest.thread_id === null || lastRead === undefined || newest.message_id === this.#told) return;
    if (lastRead && compareIds(newest.message_id, lastRead) <= 0) return;
    if (!document.hasFocus() || document.hidden || !workspace.history.connected) return;
    if (!workspace.channels.has(channelId)) return;
    this.#told = newest.message_id;
    try {
      const { last_read_id } = await workspace.client.rest.markThreadRead(channelId, rootId, newest.message_id);
      workspace.threads.read(rootId, last_read_id);
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      // The next reply or focus tries again.
      console.debug(`thread read: ${error.message}`);
    }
  }

  #listen(): void {
    const { workspace, channelId, rootId } = this.#options;
    const { outbox } = workspace.client;
    const onFocus = () => {
      this.#told = undefined;
      if (this.#list.atNewest) void this.#markRead();
    };
    window.addEventListener('focus', onFocus);
    this.#stops.push(
      () => window.removeEventListener('focus', onFocus),
      workspace.people.events.on('change', () => {
        this.#people.refresh();
        this.#list.refresh();
      }),
      workspace.groups.events.on('change', () => this.#list.refresh()),
      workspace.client.session.events.on('hello', () => {
        if (this.#kept) void this.#show();
        else this.#list.retry();
      }),
      workspace.events.on('event', (frame) => {
        const { event } = frame;
        if (event.kind === 'message.created' && event.message.thread_id === rootId) {
          this.#people.add([event.message.user_id]);
        }
        if (this.#timeline.apply(frame)) this.#list.refresh();
      }),
      workspace.events.on('reset', (changed) => {
        if (changed !== channelId) return;
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
}
