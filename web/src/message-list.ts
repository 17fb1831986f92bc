import { type Message, MillraceError, type PageRequest, type Timeline, type TimelinePage } from '../../client/index.ts';
import { moveInList } from './arrow-keys.ts';
import { type Child, fill, h } from './dom.ts';
import { icon } from './icon.ts';
import { KeyedRows } from './keyed-rows.ts';
import { messageRows } from './message-rows.ts';
import { OpenStrip } from './open-strip.ts';
import type { RowActions } from './row-context.ts';
import { ScrollKeeper } from './scroll-keeper.ts';
import type { Workspace } from './workspace.ts';

export interface MessageListOptions {
  readonly workspace: Workspace;
  /** Its `limit` bounds the elements on the page, too. */
  readonly timeline: Timeline;
  readonly label: string;
  readonly actions: RowActions;
  readonly writable: boolean;
  /** Fetches a page; `around` is a message id to be in it. */
  readonly load: (request: PageRequest, around: string | undefined) => Promise<TimelinePage>;
  /** Shown above the first message, once it is in sight. */
  readonly beginning: () => Child;
  /** Whether `load` serves `before`; if not, a button leads back to the beginning. Default true. */
  readonly pagesBack?: boolean;
  /** Under what name the authors shown are watched for their presence. */
  readonly presencePart: string;
  /** Called after each page that was loaded. */
  readonly onPage: () => void;
  /** Called when the newest message is in sight; `came`: it was not before. */
  readonly onNewestSeen: (came: boolean) => void;
}

type Direction = PageRequest['direction'];

/** A page that is no longer asked for again when it comes back stale this often: events pour in faster than it is read. */
const MAX_STALE = 5;
/** Before asking again, ms, once more for each time. */
const STALE_MS = 200;
/** Pages that are gone through forward, at most, to reach a reply or the end of a thread. */
const MAX_FORWARD = 20;

/** A timeline as a scrolling log: pages in both directions, keeps its place, follows the newest when at the end. */
export class MessageList {
  readonly element: HTMLElement;
  readonly #options: MessageListOptions;
  readonly #log: HTMLElement;
  readonly #top = h('div', { class: 'list-top' });
  readonly #end = h('div', { class: 'list-end' });
  readonly #rows: KeyedRows;
  readonly #scroll: ScrollKeeper;
  readonly #jump: HTMLButtonElement;
  #loading: Direction | undefined;
  /** Counts the loads, so that one overtaken by a new window changes nothing. */
  #turn = 0;
  #problem: { readonly direction: Direction; readonly around: string | undefined; readonly detail: string } | undefined;
  readonly #strip = new OpenStrip();
  #isNew: ((message: Message) => boolean) | undefined;
  #sawNewest = false;
  #scheduled = false;
  #disposed = false;

  constructor(options: MessageListOptions) {
    this.#options = options;
    const list = h('div', { class: 'rows' });
    this.#rows = new KeyedRows(list);
    const attributes = { role: 'log', 'aria-live': 'polite', 'aria-label': options.label, tabindex: 0 };
    this.#log = h('div', { class: 'log', ...attributes }, this.#top, list, this.#end);
    this.#log.addEventListener('keydown', (event) => this.#onKey(event));
    const newest = () => this.toNewest();
    this.#jump = h(
      'button',
      { type: 'button', class: 'jump', hidden: true, on: { click: newest } },
      icon('down'),
      'Newest messages',
    );
    this.element = h('div', { class: 'message-list' }, this.#log, this.#jump);
    this.#scroll = new ScrollKeeper(this.#log, list, () => this.#onScroll());
  }

  /** Loads the newest messages, or those around one of them. */
  async open(around?: string): Promise<void> {
    await this.#load('window', around);
  }

  /** Puts the line that says `New` before the first such message. */
  markNew(isNew: ((message: Message) => boolean) | undefined): void {
    this.#isNew = isNew;
    this.refresh();
  }

  /** Loads again what could not be loaded. */
  retry(): void {
    if (this.#problem) void this.#load(this.#problem.direction, this.#problem.around);
  }

  /** Shows the message and puts the focus on it; loads what is around it if needed. */
  async jumpTo(messageId: string): Promise<void> {
    if (this.#options.pagesBack === false) await this.#forward(() => this.#find(messageId) !== null);
    else if (!this.#find(messageId)) await this.open(messageId);
    const row = this.#find(messageId);
    if (!row) return;
    row.scrollIntoView({ block: 'center' });
    row.focus({ preventScroll: true });
    row.classList.add('found');
    setTimeout(() => row.classList.remove('found'), 2_500);
  }

  toNewest(): void {
    this.#scroll.stick();
    if (!this.#options.timeline.hasMoreAfter) this.refresh();
    else if (this.#options.pagesBack === false) void this.#toThreadEnd();
    else void this.open();
  }

  /** Shows the timeline as it is now, with the next frame. */
  refresh(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      if (!this.#disposed) this.#render();
    });
  }

  /** Whether the reader sees the newest message. */
  get atNewest(): boolean {
    const { timeline } = this.#options;
    return timeline.loaded && !timeline.hasMoreAfter && this.#scroll.atEnd;
  }

  dispose(): void {
    this.#disposed = true;
    this.#options.workspace.presences.hide(this.#options.presencePart);
    this.#scroll.dispose();
  }

  /** A thread is served from its root on only. */
  async #toThreadEnd(): Promise<void> {
    await this.#forward(() => false);
    this.#scroll.stick();
    this.refresh();
  }

  async #forward(there: () => boolean): Promise<void> {
    for (let page = 0; page < MAX_FORWARD; page++) {
      if (this.#disposed || there() || this.#problem || !this.#options.timeline.hasMoreAfter) return;
      await this.#load('after');
    }
  }

  async #load(direction: Direction, around?: string): Promise<void> {
    const turn = ++this.#turn;
    this.#loading = direction;
    this.#problem = undefined;
    // What is paged in is no news, and is not to be read out.
    this.#log.setAttribute('aria-busy', 'true');
    this.#render();
    try {
      if (!(await this.#fetch(direction, around, turn))) return;
      if (direction === 'window' && around === undefined) this.#scroll.stick();
      else this.#scroll.release();
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      if (turn === this.#turn) this.#problem = { direction, around, detail: error.detail };
    } finally {
      if (turn === this.#turn && !this.#disposed) {
        this.#loading = undefined;
        this.#render();
        this.#log.removeAttribute('aria-busy');
      }
    }
  }

  /** Whether the page came and is still wanted. */
  async #fetch(direction: Direction, around: string | undefined, turn: number): Promise<boolean> {
    const { timeline, load, onPage } = this.#options;
    for (let stale = 0; stale < MAX_STALE; stale++) {
      const request = timeline.begin(direction);
      const page = await load(request, around);
      if (this.#disposed || turn !== this.#turn) return false;
      if (timeline.complete(request, page)) {
        onPage();
        return true;
      }
      await new Promise((resolve) => setTimeout(resolve, STALE_MS * (stale + 1)));
    }
    throw new MillraceError({ code: 'stale', detail: 'So much is being said that it could not be read in one piece.' });
  }

  #onScroll(): void {
    const { timeline, pagesBack } = this.#options;
    timeline.following = this.#scroll.atEnd && !timeline.hasMoreAfter;
    this.#jump.hidden = this.atNewest || !timeline.loaded;
    if (!this.atNewest) this.#sawNewest = false;
    if (this.#loading || !timeline.loaded || this.#problem) return;
    if (timeline.hasMoreBefore && pagesBack !== false && this.#scroll.nearStart) void this.#load('before');
    else if (timeline.hasMoreAfter && this.#scroll.nearEnd) void this.#load('after');
    const came = !this.#sawNewest;
    this.#sawNewest = this.atNewest;
    if (this.#sawNewest) this.#options.onNewestSeen(came);
  }

  #render(): void {
    const { timeline, workspace, actions, writable, presencePart } = this.#options;
    workspace.presences.show(
      presencePart,
      timeline.messages.map(({ user_id }) => user_id),
    );
    this.#scroll.keep(() => {
      this.#renderTop();
      fill(this.#end, this.#problem?.direction === 'after' && this.#notice('Newer messages could not be loaded.'));
      this.#rows.show(messageRows(timeline, { workspace, actions, writable, strip: this.#strip }, this.#isNew));
    });
    this.#onScroll();
  }

  #renderTop(): void {
    const { timeline, beginning, pagesBack } = this.#options;
    const failed = this.#problem?.direction;
    if (failed === 'window') fill(this.#top, this.#notice('The messages could not be loaded.'));
    else if (failed === 'before') fill(this.#top, this.#notice('Older messages could not be loaded.'));
    else if (!timeline.loaded) fill(this.#top, skeleton());
    else if (!timeline.hasMoreBefore) fill(this.#top, beginning());
    else if (pagesBack !== false) fill(this.#top, h('p', { class: 'quiet older' }, 'Loading older messages…'));
    else {
      const first = () => void this.open();
      const attributes = { type: 'button', class: 'button older', on: { click: first } };
      fill(this.#top, h('button', attributes, 'Show the beginning'));
    }
  }

  #notice(text: string): HTMLElement {
    return h(
      'div',
      { class: 'notice', role: 'alert' },
      h('p', {}, text),
      h('p', { class: 'quiet' }, this.#problem?.detail),
      h('button', { type: 'button', class: 'button', on: { click: () => this.retry() } }, 'Try again'),
    );
  }

  #find(messageId: string): HTMLElement | null {
    return this.#log.querySelector(`[data-id="${CSS.escape(messageId)}"]`);
  }

  #onKey(event: KeyboardEvent): void {
    moveInList(event, this.#log, 'article');
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof HTMLElement)) return;
    const id = event.target.matches('article') ? event.target.dataset['id'] : undefined;
    const message = this.#options.timeline.messages.find(({ message_id }) => message_id === id);
    const { onThread, onUnread } = this.#options.actions;
    if (message && event.key === 'Enter') onThread?.(message);
    else if (message && event.key.toLowerCase() === 'u') onUnread?.(message);
  }
}

function skeleton(): HTMLElement {
  const bones = Array.from({ length: 6 }, () =>
    h('div', { class: 'bone' }, h('span', { class: 'bone-tile' }), h('span', { class: 'bone-lines' })),
  );
  return h('div', { class: 'skeleton' }, h('span', { class: 'visually-hidden' }, 'Loading messages'), ...bones);
}
