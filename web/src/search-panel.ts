import { type Channel, MillraceError, type SearchHit, type SearchPage } from '../../client/index.ts';
import { moveInList } from './arrow-keys.ts';
import { avatar } from './avatar.ts';
import { fullTime, shortTime } from './dates.ts';
import { type Child, fill, h, setText } from './dom.ts';
import { emojiOf } from './emoji-names.ts';
import { joinHighlights, unmarked } from './highlight.ts';
import { icon } from './icon.ts';
import { plainText } from './rich-text-view.ts';
import { SearchFilters } from './search-filters.ts';
import type { Workspace } from './workspace.ts';

const WAIT_MS = 250;
const PAGE = 20;
const MAX_SHOWN = 200;

export interface SearchPanelOptions {
  readonly workspace: Workspace;
  /** The channel that is open, for the search within it. */
  readonly channel: Channel | undefined;
  readonly onOpen: (hit: SearchHit) => void;
  readonly onClose: () => void;
}

/** Search over all that one may read: results as one types, most relevant first. Shows at most 200 of them. */
export class SearchPanel {
  readonly element: HTMLElement;
  readonly #options: SearchPanelOptions;
  readonly #input: HTMLInputElement;
  readonly #filters: SearchFilters;
  /** What the server did not understand of the search. */
  readonly #error = h('p', { class: 'form-error search-error', role: 'alert', id: 'search-error' });
  readonly #sort: HTMLSelectElement;
  readonly #status = h('p', { class: 'quiet search-status', role: 'status' });
  readonly #results = h('div', { class: 'results' });
  readonly #rows = new Map<HTMLElement, SearchHit>();
  readonly #stop: () => void;
  #asked: AbortController | undefined;

  constructor(options: SearchPanelOptions) {
    this.#options = options;
    this.#input = h('input', {
      type: 'search',
      'aria-label': 'Search messages',
      'aria-describedby': 'search-error',
      placeholder: 'Search messages',
      autocomplete: 'off',
      spellcheck: 'false',
    });
    this.#sort = h(
      'select',
      { 'aria-label': 'Order' },
      h('option', { value: 'relevance' }, 'Best first'),
      h('option', { value: 'newest' }, 'Newest first'),
    );
    this.#filters = new SearchFilters({
      workspace: options.workspace,
      channel: options.channel,
      query: () => this.#input.value,
      onQuery: (q) => {
        this.#input.value = q;
        void this.#search(0);
      },
    });
    this.element = h(
      'div',
      { class: 'panel', 'aria-label': 'Search' },
      h(
        'div',
        { class: 'panel-head' },
        h('h2', { class: 'visually-hidden' }, 'Search'),
        h('div', { class: 'search-field' }, icon('search'), this.#input),
        h(
          'button',
          { type: 'button', class: 'icon-button', 'aria-label': 'Close search', on: { click: options.onClose } },
          icon('close'),
        ),
      ),
      this.#error,
      this.#filters.element,
      h('div', { class: 'search-options' }, this.#status, this.#sort),
      this.#results,
    );
    this.#input.addEventListener('input', () => void this.#search(WAIT_MS));
    this.#sort.addEventListener('change', () => void this.#search(0));
    this.#input.addEventListener('keydown', (event) => {
      const asked = !this.#input.hasAttribute('aria-invalid');
      if (event.key === 'Enter' && asked) this.#results.querySelector('button')?.click();
      if (event.key !== 'ArrowDown') return;
      event.preventDefault();
      this.#results.querySelector('button')?.focus();
    });
    this.#results.addEventListener('keydown', (event) => moveInList(event, this.#results, 'button'));
    // Names arrive one by one.
    this.#stop = options.workspace.people.events.on('change', () => {
      this.#rename();
      this.#filters.refresh();
    });
    this.#explain();
  }

  focus(): void {
    this.#input.focus();
    this.#input.select();
  }

  /** Another channel is open now. */
  besides(channel: Channel): void {
    this.#filters.besides(channel);
  }

  dispose(): void {
    this.#stop();
    this.#asked?.abort();
  }

  async #search(wait: number, cursor?: string): Promise<void> {
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    this.#filters.refresh();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    if (asked.signal.aborted) return;
    const q = this.#input.value.trim();
    this.#misunderstood(undefined);
    if (q === '') {
      this.#explain();
      return;
    }
    if (!cursor) setText(this.#status, 'Searching…');
    try {
      const { workspace } = this.#options;
      if (!workspace.history.connected && !cursor) {
        const page = await workspace.searchKept(q);
        if (!asked.signal.aborted) this.#show(page, false, true);
        return;
      }
      const page = await workspace.client.rest.search({
        q,
        limit: PAGE,
        sort: this.#sort.value as 'relevance' | 'newest',
        ...(cursor ? { cursor } : {}),
        signal: asked.signal,
      });
      if (!asked.signal.aborted) this.#show(page, cursor !== undefined, false);
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      if (error.code === 'aborted') return;
      setText(this.#status, '');
      if (error.code === 'invalid_request') {
        this.#misunderstood(error.detail);
        return;
      }
      fill(
        this.#results,
        h(
          'div',
          { class: 'notice', role: 'alert' },
          h('p', {}, 'The search failed.'),
          h('p', { class: 'quiet' }, error.detail),
        ),
      );
    }
  }

  /** Beside the field: what was found before stays, for one is likely still writing. */
  #misunderstood(detail: string | undefined): void {
    fill(this.#error, detail?.replace(/^q: /, ''));
    if (detail === undefined) this.#input.removeAttribute('aria-invalid');
    else this.#input.setAttribute('aria-invalid', 'true');
  }

  #show(page: SearchPage, more: boolean, kept: boolean): void {
    const { total, suggestion } = page;
    const found = total === 0 ? 'Nothing found' : total === 1 ? '1 message' : `${total} messages`;
    setText(this.#status, kept ? `Offline results: ${found.toLowerCase()} among what is kept on this device.` : found);
    this.#status.classList.toggle('kept', kept);
    if (suggestion) {
      const take = () => {
        this.#input.value = suggestion;
        void this.#search(0);
      };
      this.#status.append(
        '. Did you mean ',
        h('button', { type: 'button', class: 'link', on: { click: take } }, suggestion),
        '?',
      );
    }
    if (more) this.#results.lastElementChild?.remove();
    else {
      this.#rows.clear();
      fill(this.#results);
    }
    const rows = page.hits.map((hit) => {
      const row = this.#row(hit);
      this.#rows.set(row, hit);
      return row;
    });
    this.#results.append(...rows);
    if (page.next_cursor && this.#results.childElementCount < MAX_SHOWN) {
      const cursor = page.next_cursor;
      const next = h(
        'button',
        { type: 'button', class: 'button more', on: { click: () => void this.#search(0, cursor) } },
        'More results',
      );
      this.#results.append(next);
    }
    if (more) rows[0]?.focus();
    else this.#results.scrollTop = 0;
  }

  /** Shows what was found with the names that are known by now; the rows, and the focus on one, stay. */
  #rename(): void {
    for (const [row, hit] of this.#rows) fill(row, ...this.#content(hit));
  }

  #row(hit: SearchHit): HTMLElement {
    const click = () => this.#options.onOpen(hit);
    return h('button', { type: 'button', class: 'result', on: { click } }, ...this.#content(hit));
  }

  #content(hit: SearchHit): Child[] {
    const { workspace } = this.#options;
    const { message, highlights } = hit;
    const channel = workspace.channels.get(message.channel_id);
    const name = workspace.people.name(message.user_id);
    const place = channel
      ? channel.type === 'dm'
        ? workspace.title(channel)
        : `#${workspace.title(channel)}`
      : 'another channel';
    const pieces: Child[] = joinHighlights(highlights.slice(0, 3), (text) => readable(text, workspace)).map(
      ({ text, marked }) => (marked ? h('mark', {}, text) : text),
    );
    if (pieces.length === 0) pieces.push(plainText(message.text, workspace).slice(0, 300));
    return [
      avatar(message.user_id, name),
      h(
        'span',
        { class: 'result-body' },
        h(
          'span',
          { class: 'result-head' },
          h('b', {}, name),
          h(
            'span',
            { class: 'quiet', title: fullTime(message.created_at) },
            ` ${place} · ${shortTime(message.created_at)}${message.thread_id ? ' · in a thread' : ''}`,
          ),
        ),
        h('span', { class: 'result-text' }, ...pieces),
      ),
    ];
  }

  #explain(): void {
    setText(this.#status, '');
    const example = (code: string, meaning: string) => h('li', {}, h('code', {}, code), ` ${meaning}`);
    fill(
      this.#results,
      h(
        'div',
        { class: 'notice' },
        h('p', {}, 'Search every channel that you can read.'),
        h(
          'ul',
          { class: 'hints quiet' },
          example('in:#general', 'one channel'),
          example('from:@alice', 'one person'),
          example('after:2026-01-31', 'later days'),
          example('has:link', 'with a link'),
          example('"exact words"', 'a phrase'),
          example('-word', 'without it'),
          example('pre*', 'by a beginning'),
        ),
      ),
    );
  }
}

/** Names for mentions, and no more signs of markup than a reader of a result needs. */
function readable(text: string, workspace: Workspace): string {
  return text
    .replace(/<@([^\s<>]+)>/g, (_, id: string) => `@${workspace.people.name(unmarked(id))}`)
    .replace(/<!group:([^\s<>|]+)>/g, (_, id: string) => `@${workspace.groups.name(unmarked(id))}`)
    .replace(/<!(channel|here)>/g, '@$1')
    .replace(/<(https?:[^\s<>|]+)(?:\|([^<>]*))?>/g, (_, url: string, label?: string) => label ?? url)
    .replace(/:([a-z0-9_+-]{1,32}):/g, (all, name: string) => emojiOf(name) ?? all)
    .replaceAll('`', '');
}
