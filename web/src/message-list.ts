import {
  MillraceError,
  type PageRequest,
  type Timeline,
  type TimelineEntry,
  type TimelinePage,
} from '../../client/index.ts';
import { moveInList } from './arrow-keys.ts';
import { dayKey, dayName } from './dates.ts';
import { type Child, fill, h } from './dom.ts';
import { icon } from './icon.ts';
import { type KeyedRow, KeyedRows } from './keyed-rows.ts';
import {
  echoRow,
  echoSignature,
  messageRow,
  messageSignature,
  type RowActions,
  type RowContext,
} from './message-row.ts';
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
  /** Messages above this seq get the line that says `New`. */
  readonly newAfter?: number;
  /** Called when the newest message is in sight. */
  readonly onNewestSeen: () => void;
}

const COMPACT_MS = 5 * 60_000;
const MAX_STALE = 3;

/** A timeline as a scrolling log: pages in both directions, keeps its place, follows the newest when at the end. */
export class MessageList {
  readonly element: HTMLElement;
  readonly #options: MessageListOptions;
  readonly #log: HTMLElement;
  readonly #top = h('div', { class: 'list-top' });
  readonly #rows: KeyedRows;
  readonly #scroll: ScrollKeeper;
  readonly #jump: HTMLButtonElement;
  #loading: PageRequest['direction'] | undefined;
  #problem: MillraceError | undefined;
  #scheduled = false;
  #disposed = false;

  constructor(options: MessageListOptions) {
    this.#options = options;
    const list = h('div', { class: 'rows' });
    this.#rows = new KeyedRows(list);
    this.#log = h(
      'div',
      { class: 'log', role: 'log', 'aria-live': 'polite', 'aria-label': options.label, tabindex: 0 },
      this.#top,
      list,
    );
    this.#log.addEventListener('keydown', (event) => this.#onKey(event));
    this.#jump = h(
      'button',
      { type: 'button', class: 'jump', hidden: true, on: { click: () => this.toNewest() } },
      icon('down'),
      'Newest messages',
    );
    this.element = h('div', { class: 'message-list' }, this.#log, this.#jump);
    this.#scroll = new ScrollKeeper(this.#log, list, () => this.#onScroll());
  }

  /** Loads the newest messages, or those around one of them. */
  async open(around?: string): Promise<void> {
    this.#loading = undefined;
    await this.#load('window', around);
  }

  /** Shows the message and puts the focus on it; loads what is around it if needed. */
  async jumpTo(messageId: string): Promise<void> {
    if (!this.#find(messageId)) await this.open(messageId);
    const row = this.#find(messageId);
    if (!row) return;
    row.scrollIntoView({ block: 'center' });
    row.focus({ preventScroll: true });
    row.classList.add('found');
    setTimeout(() => row.classList.remove('found'), 2_500);
  }

  toNewest(): void {
    this.#scroll.stick();
    if (this.#options.timeline.hasMoreAfter) void this.open();
    else this.refresh();
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
    this.#scroll.dispose();
  }

  async #load(direction: PageRequest['direction'], around?: string): Promise<void> {
    if (this.#loading) return;
    const { timeline, load } = this.#options;
    this.#loading = direction;
    this.#problem = undefined;
    // What is paged in is no news, and is not to be read out.
    this.#log.setAttribute('aria-busy', 'true');
    this.#render();
    try {
      for (let stale = 0; stale < MAX_STALE; stale++) {
        const request = timeline.begin(direction);
        const page = await load(request, around);
        if (this.#disposed || timeline.complete(request, page)) break;
      }
      if (direction === 'window' && around === undefined) this.#scroll.stick();
      else this.#scroll.release();
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      this.#problem = error;
    } finally {
      this.#loading = undefined;
      if (!this.#disposed) {
        this.#render();
        this.#log.removeAttribute('aria-busy');
      }
    }
  }

  #onScroll(): void {
    const { timeline } = this.#options;
    timeline.following = this.#scroll.atEnd && !timeline.hasMoreAfter;
    this.#jump.hidden = this.atNewest || !timeline.loaded;
    if (this.#loading || !timeline.loaded || this.#problem) return;
    const back = timeline.hasMoreBefore && this.#options.pagesBack !== false;
    if (back && this.#scroll.nearStart) void this.#load('before');
    else if (timeline.hasMoreAfter && this.#scroll.nearEnd) void this.#load('after');
    if (this.atNewest) this.#options.onNewestSeen();
  }

  #render(): void {
    this.#scroll.keep(() => {
      this.#renderTop();
      this.#rows.show(this.#keyedRows());
    });
    this.#onScroll();
  }

  #renderTop(): void {
    const { timeline, beginning } = this.#options;
    const problem = this.#problem;
    if (problem) {
      const retry = () => void this.#load(timeline.loaded ? 'before' : 'window');
      fill(
        this.#top,
        h(
          'div',
          { class: 'notice', role: 'alert' },
          h('p', {}, timeline.loaded ? 'Older messages could not be loaded.' : 'The messages could not be loaded.'),
          h('p', { class: 'quiet' }, problem.detail),
          h('button', { type: 'button', class: 'button', on: { click: retry } }, 'Try again'),
        ),
      );
    } else if (!timeline.loaded) fill(this.#top, skeleton());
    else if (timeline.hasMoreBefore && this.#options.pagesBack === false) {
      const first = () => void this.open();
      fill(
        this.#top,
        h('button', { type: 'button', class: 'button older', on: { click: first } }, 'Show the beginning'),
      );
    } else if (timeline.hasMoreBefore) fill(this.#top, h('p', { class: 'quiet older' }, 'Loading older messages…'));
    else fill(this.#top, beginning());
  }

  #keyedRows(): KeyedRow[] {
    const { timeline, newAfter } = this.#options;
    const rows: KeyedRow[] = [];
    let before: { day: string; userId: string; time: number } | undefined;
    let marked = newAfter === undefined;
    for (const entry of timeline.entries()) {
      const { time, userId } = about(entry, this.#options.workspace.me.user_id);
      const day = dayKey(time);
      if (day !== before?.day) rows.push(divider(`day ${day}`, 'day', dayName(time)));
      if (
        !marked &&
        entry.kind === 'message' &&
        entry.message.seq > newAfter! &&
        userId !== this.#options.workspace.me.user_id
      ) {
        marked = true;
        rows.push(divider('new', 'new', 'New'));
        before = undefined;
      }
      const at = Date.parse(time);
      const compact = before?.userId === userId && before.day === day && at - before.time < COMPACT_MS;
      rows.push(this.#row(entry, compact));
      before = { day, userId, time: at };
    }
    return rows;
  }

  #row(entry: TimelineEntry, compact: boolean): KeyedRow {
    const { workspace, actions, writable } = this.#options;
    const context: RowContext = { workspace, actions, compact, writable };
    if (entry.kind === 'echo') {
      const { draft } = entry;
      return { key: entry.key, signature: echoSignature(draft, context), make: () => echoRow(draft, context) };
    }
    const { message } = entry;
    return { key: entry.key, signature: messageSignature(message, context), make: () => messageRow(message, context) };
  }

  #find(messageId: string): HTMLElement | null {
    return this.#log.querySelector(`[data-id="${CSS.escape(messageId)}"]`);
  }

  #onKey(event: KeyboardEvent): void {
    moveInList(event, this.#log, 'article');
    if (event.key !== 'Enter' || !(event.target instanceof HTMLElement)) return;
    const id = event.target.matches('article') ? event.target.dataset['id'] : undefined;
    const message = this.#options.timeline.messages.find(({ message_id }) => message_id === id);
    if (message) this.#options.actions.onThread?.(message);
  }
}

function about(entry: TimelineEntry, me: string): { time: string; userId: string } {
  if (entry.kind === 'echo') return { time: entry.draft.created_at, userId: me };
  return { time: entry.message.created_at, userId: entry.message.user_id };
}

function divider(key: string, kind: 'day' | 'new', text: string): KeyedRow {
  return {
    key,
    signature: text,
    make: () => h('div', { class: `divider ${kind}`, role: 'separator', 'aria-label': text }, h('span', {}, text)),
  };
}

function skeleton(): HTMLElement {
  const bones = Array.from({ length: 6 }, () =>
    h('div', { class: 'bone' }, h('span', { class: 'bone-tile' }), h('span', { class: 'bone-lines' })),
  );
  return h('div', { class: 'skeleton' }, h('span', { class: 'visually-hidden' }, 'Loading messages'), ...bones);
}
