import { type Channel, MillraceError, type SearchHit } from '../../client/index.ts';
import { browseDialog, createChannelDialog } from './channel-dialogs.ts';
import { footKind } from './channel-foot.ts';
import { ChannelView } from './channel-view.ts';
import { ConnectionStatus, fullPage } from './connection-status.ts';
import { directMessageDialog } from './direct-message.ts';
import { fill, h } from './dom.ts';
import { IdleWatch } from './idle-watch.ts';
import { keysDialog } from './keys-dialog.ts';
import { peopleDialog } from './people-dialog.ts';
import { SearchPanel } from './search-panel.ts';
import { Sidebar } from './sidebar.ts';
import { statusDialog } from './status-dialog.ts';
import { openSwitcher } from './switcher.ts';
import { ThreadPanel } from './thread-panel.ts';
import { Toasts } from './toast.ts';
import type { Workspace } from './workspace.ts';
import { workspaceDialog } from './workspace-dialog.ts';

const LAST_KEY = 'millrace.channel';
/** As in layout.css: on such a screen a panel covers the channel. */
const NARROW = matchMedia('(max-width: 900px)');

/** The signed-in page: sidebar, one channel, and beside it a thread or the search. */
export class App {
  readonly element: HTMLElement;
  readonly #workspace: Workspace;
  readonly #toasts = new Toasts();
  readonly #sidebar: Sidebar;
  readonly #centre = h('div', { class: 'centre' });
  readonly #side = h('div', { class: 'side' });
  readonly #unfinished = new Map<string, string>();
  #view: ChannelView | undefined;
  #panel: ThreadPanel | SearchPanel | undefined;
  #focusBefore: HTMLElement | undefined;
  readonly #idle: IdleWatch;
  readonly #gone = new AbortController();
  #scheduled = false;

  constructor(workspace: Workspace, onSignOut: () => void) {
    this.#workspace = workspace;
    const status = new ConnectionStatus(workspace.client.session);
    const opened = (channel: Channel) => this.#opened(channel);
    this.#sidebar = new Sidebar({
      workspace,
      status: status.line,
      onOpen: (id) => void this.open(id),
      onCreate: () => createChannelDialog(workspace, opened),
      onBrowse: () => browseDialog(workspace, opened),
      onMessage: () => directMessageDialog(workspace, opened),
      onSwitch: () => this.#switch(),
      onPeople: () => peopleDialog(workspace, opened),
      onStatus: () => statusDialog(workspace),
      onWorkspace: workspace.administers ? () => workspaceDialog(workspace) : undefined,
      onReadAll: () => void this.#readAll(),
      onSignOut,
    });
    const scrim = h('div', { class: 'scrim', on: { click: () => this.#menu(false) } });
    this.element = h(
      'div',
      { class: 'app' },
      this.#sidebar.element,
      scrim,
      h('div', { class: 'stage' }, status.banner, h('div', { class: 'columns' }, this.#centre, this.#side)),
      this.#toasts.element,
    );
    workspace.events.on('change', () => this.#refresh());
    workspace.presences.events.on('change', () => this.#sidebar.refresh());
    this.#idle = new IdleWatch(workspace.client.session);
    workspace.people.events.on('change', () => this.#refresh());
    workspace.statusEnd.events.on('change', () => this.#sidebar.refresh());
    workspace.events.on('removed', (id) => {
      if (this.#view?.channelId === id) void this.start();
    });
    NARROW.addEventListener('change', () => this.#markMain(), { signal: this.#gone.signal });
    document.addEventListener('keydown', (event) => this.#onKey(event), { signal: this.#gone.signal });
  }

  /** Gives up the keys and what is open. */
  dispose(): void {
    this.#gone.abort();
    this.#idle.dispose();
    this.#closePanel();
    this.#view?.dispose();
    for (const dialog of document.querySelectorAll('dialog')) dialog.close();
  }

  /** Opens the channel of the last visit, else the first one. */
  async start(): Promise<void> {
    const last = sessionStorage.getItem(LAST_KEY);
    const channels = [...this.#workspace.channels.values()].filter(({ archived }) => !archived);
    const first = channels.find(({ name }) => name === 'general') ?? channels[0];
    const id = last && this.#workspace.channels.has(last) ? last : first?.channel_id;
    if (id) await this.open(id);
    else this.#nowhere();
  }

  /** Shows a channel, and in it a message if one is given. */
  async open(channelId: string, messageId?: string): Promise<void> {
    this.#menu(false);
    if (this.#view?.channelId !== channelId) {
      const channel = this.#workspace.channels.get(channelId) ?? (await this.#foreign(channelId));
      if (!channel) return;
      this.#show(channel);
    }
    this.#sidebar.refresh(channelId);
    if (!messageId) this.#view?.focusComposer();
    await this.#view?.open(messageId);
  }

  #show(channel: Channel): void {
    this.#view?.dispose();
    if (this.#panel instanceof ThreadPanel) this.#closePanel();
    this.#view = new ChannelView({
      workspace: this.#workspace,
      toasts: this.#toasts,
      channel,
      unfinished: this.#unfinished,
      onThread: (channelId, rootId) => this.#thread(channelId, rootId),
      onMenu: () => this.#menu(true),
      onSearch: () => this.#search(),
      onMessage: (direct) => this.#opened(direct),
      onJoined: (joined) => {
        this.#view?.dispose();
        this.#view = undefined;
        this.#opened(joined);
      },
    });
    if (this.#panel instanceof SearchPanel) this.#panel.besides(channel);
    sessionStorage.setItem(LAST_KEY, channel.channel_id);
    fill(this.#centre, this.#view.element);
  }

  #opened(channel: Channel): void {
    this.#workspace.add(channel);
    void this.open(channel.channel_id);
  }

  #nowhere(): void {
    this.#view?.dispose();
    this.#view = undefined;
    this.#closePanel();
    const run = () => browseDialog(this.#workspace, (channel) => this.#opened(channel));
    fill(
      this.#centre,
      fullPage('Welcome', 'You are in no channel yet. Join one, or create your own.', {
        label: 'Browse channels',
        run,
      }),
    );
    this.#sidebar.refresh(undefined);
  }

  /** A channel that one is not in but may read. */
  async #foreign(channelId: string): Promise<Channel | undefined> {
    try {
      return await this.#workspace.client.rest.channel(channelId);
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      this.#toasts.problem(error, 'Not opened');
      return undefined;
    }
  }

  /** Opens a thread, at a reply if one is given. */
  #thread(channelId: string, rootId: string, replyId?: string): void {
    const panel = new ThreadPanel({
      workspace: this.#workspace,
      toasts: this.#toasts,
      channelId,
      rootId,
      unfinished: this.#unfinished,
      onClose: () => this.#closePanel(),
      onMessage: (direct) => this.#opened(direct),
    });
    this.#openPanel(panel);
    void panel.open(replyId);
  }

  #search(): void {
    if (this.#panel instanceof SearchPanel) {
      this.#panel.focus();
      return;
    }
    const panel = new SearchPanel({
      workspace: this.#workspace,
      channel: this.#view?.channel,
      onOpen: (hit) => void this.#openHit(hit),
      onClose: () => this.#closePanel(),
    });
    this.#openPanel(panel);
    panel.focus();
  }

  async #openHit({ message }: SearchHit): Promise<void> {
    // On a narrow screen the panel covers the channel.
    if (NARROW.matches) this.#closePanel();
    await this.open(message.channel_id, message.thread_id ?? message.message_id);
    if (message.thread_id) this.#thread(message.channel_id, message.thread_id, message.message_id);
  }

  #openPanel(panel: ThreadPanel | SearchPanel): void {
    if (document.activeElement instanceof HTMLElement && !this.#side.contains(document.activeElement)) {
      this.#focusBefore = document.activeElement;
    }
    this.#panel?.dispose();
    this.#panel = panel;
    fill(this.#side, panel.element);
    this.#markMain();
    this.element.classList.add('with-panel');
  }

  /** What covers everything else is the page's main part, and its heading the first one. */
  #markMain(): void {
    const covers = NARROW.matches;
    const heading = this.#panel?.element.querySelector('h2');
    this.#panel?.element.setAttribute('role', covers ? 'main' : 'complementary');
    if (covers) heading?.setAttribute('aria-level', '1');
    else heading?.removeAttribute('aria-level');
  }

  #closePanel(): void {
    if (!this.#panel) return;
    const hadFocus = this.#side.contains(document.activeElement);
    this.#panel.dispose();
    this.#panel = undefined;
    fill(this.#side);
    this.element.classList.remove('with-panel');
    if (!hadFocus) return;
    if (this.#focusBefore?.isConnected) this.#focusBefore.focus();
    else this.#view?.focusComposer();
  }

  #switch(): void {
    openSwitcher(this.#workspace, (id) => void this.open(id));
  }

  #menu(open: boolean): void {
    const was = this.element.classList.contains('menu-open');
    this.element.classList.toggle('menu-open', open);
    if (open && !was) this.#sidebar.focus();
  }

  #onKey(event: KeyboardEvent): void {
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (command && key === 'k' && !document.querySelector('dialog[open]')) {
      event.preventDefault();
      this.#switch();
    } else if (command && event.shiftKey && key === 'f') {
      event.preventDefault();
      this.#search();
    } else if (event.altKey && !command && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      const next = this.#sidebar.beside(event.key === 'ArrowUp' ? -1 : 1);
      if (!next || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      void this.open(next);
    } else if (event.key === '?' && !command && !isWriting(event.target) && !document.querySelector('dialog[open]')) {
      event.preventDefault();
      keysDialog();
    } else if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector('dialog[open]')) {
      if (event.shiftKey) void this.#readAll();
      else if (this.element.classList.contains('menu-open')) this.#menu(false);
      else if (this.#panel) this.#closePanel();
      else this.#view?.readAll();
    }
  }

  async #readAll(): Promise<void> {
    const { reading, history } = this.#workspace;
    try {
      if (history.offline) throw new MillraceError({ code: 'disconnected', detail: 'you are offline.' });
      await reading.markAllRead();
      this.#toasts.show('All channels are read.');
    } catch (error) {
      this.#toasts.problem(error, 'Not marked as read');
    }
  }

  /** Once for all changes of a frame. */
  #refresh(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Not requestAnimationFrame: the title must change in a hidden tab, too.
    setTimeout(() => {
      this.#scheduled = false;
      this.#sidebar.refresh();
      this.#view?.refresh();
      const { unread, mentions } = this.#workspace.unread.total((id) => this.#workspace.levels.muted(id));
      const channel = this.#view && this.#workspace.channels.get(this.#view.channelId);
      if (channel && this.#view?.foot !== footKind(channel, this.#workspace)) {
        this.#show(channel);
        void this.#view?.open();
      }
      const count = mentions > 0 ? `(${mentions}) ` : unread > 0 ? '• ' : '';
      document.title = `${count}${channel ? `${this.#workspace.title(channel)} · ` : ''}Millrace`;
    }, 16);
  }
}

/** Whether the key is a letter of what someone writes. */
function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
  );
}
