import { Timeline } from '../../client/index.ts';
import { Composer } from './composer.ts';
import { h } from './dom.ts';
import { icon } from './icon.ts';
import { MessageCommands } from './message-commands.ts';
import { MessageList } from './message-list.ts';
import type { Toasts } from './toast.ts';
import type { Workspace } from './workspace.ts';

const PAGE = 100;
const WINDOW = 300;

export interface ThreadPanelOptions {
  readonly workspace: Workspace;
  readonly toasts: Toasts;
  readonly channelId: string;
  readonly rootId: string;
  readonly unfinished: Map<string, string>;
  readonly onClose: () => void;
}

/** A thread beside its channel: root, replies, and a composer that replies. */
export class ThreadPanel {
  readonly element: HTMLElement;
  readonly #options: ThreadPanelOptions;
  readonly #timeline: Timeline;
  readonly #list: MessageList;
  readonly #composer: Composer | undefined;
  readonly #stops: (() => void)[] = [];

  constructor(options: ThreadPanelOptions) {
    this.#options = options;
    const { workspace, toasts, channelId, rootId } = options;
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
        onRetry: commands.retry,
        onDiscard: commands.discard,
      },
      load: ({ direction, anchor }) =>
        workspace.client.rest.thread(channelId, rootId, {
          limit: PAGE,
          ...(direction === 'after' && anchor ? { after: anchor } : {}),
        }),
      pagesBack: false,
      beginning: () => null,
      onNewestSeen: () => undefined,
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
      'aside',
      { class: 'panel', 'aria-label': 'Thread' },
      h(
        'header',
        { class: 'panel-head' },
        h('div', { class: 'channel-name' }, h('h2', {}, 'Thread'), h('p', { class: 'topic' }, title)),
        h(
          'button',
          { type: 'button', class: 'icon-button', 'aria-label': 'Close the thread', on: { click: options.onClose } },
          icon('close'),
        ),
      ),
      this.#list.element,
      this.#composer?.element,
    );
    this.#listen();
  }

  /** Shows the end of the thread, or one reply. */
  async open(replyId?: string): Promise<void> {
    if (!replyId) this.#composer?.focus();
    await this.#list.open();
    if (replyId) await this.#list.jumpTo(replyId);
    else this.#list.toNewest();
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
    this.#list.dispose();
  }

  #listen(): void {
    const { workspace, channelId } = this.#options;
    const { outbox } = workspace.client;
    this.#stops.push(
      workspace.people.events.on('change', () => this.#list.refresh()),
      workspace.client.session.events.on('hello', () => this.#list.retry()),
      workspace.events.on('event', (frame) => {
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
