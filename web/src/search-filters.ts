import type { Channel } from '../../client/index.ts';
import { openDialog } from './dialog.ts';
import { h } from './dom.ts';
import { PeoplePicker } from './people-picker.ts';
import { type FilterKey, filterValues, withFilter } from './query-filters.ts';
import type { Workspace } from './workspace.ts';

export interface SearchFiltersOptions {
  readonly workspace: Workspace;
  /** The channel that is open. */
  readonly channel: Channel | undefined;
  readonly query: () => string;
  /** Takes the search as a filter made it. */
  readonly onQuery: (q: string) => void;
}

/** What a search can be narrowed by, to press; each writes into the search what one could have typed, and shows what is there. */
export class SearchFilters {
  readonly element: HTMLElement;
  readonly #options: SearchFiltersOptions;
  readonly #here: HTMLButtonElement;
  readonly #from: HTMLButtonElement;
  readonly #link: HTMLButtonElement;
  readonly #after: HTMLInputElement;
  readonly #before: HTMLInputElement;
  #channel: Channel | undefined;

  constructor(options: SearchFiltersOptions) {
    this.#options = options;
    this.#channel = options.channel;
    this.#here = this.#chip('', () => this.#toggleHere());
    this.#from = this.#chip('From…', () => this.#toggleFrom());
    this.#link = this.#chip('Has a link', () => this.#set('has', this.#has('has') ? undefined : 'link'));
    const day = (key: FilterKey, label: string) => {
      const input = h('input', { type: 'date', 'aria-label': label, title: `${label}: that day itself is left out` });
      input.addEventListener('change', () => this.#set(key, input.value || undefined));
      return input;
    };
    this.#after = day('after', 'After');
    this.#before = day('before', 'Before');
    const dated = (label: string, input: HTMLInputElement) =>
      h('span', { class: 'date-filter' }, h('span', { 'aria-hidden': 'true' }, label), input);
    this.element = h(
      'div',
      { class: 'search-filters', role: 'group', 'aria-label': 'Filters' },
      this.#here,
      this.#from,
      this.#link,
      dated('After', this.#after),
      dated('Before', this.#before),
    );
    this.refresh();
  }

  /** Another channel is open now. */
  besides(channel: Channel): void {
    this.#channel = channel;
    this.refresh();
  }

  /** Shows what the search now says. */
  refresh(): void {
    const { workspace } = this.#options;
    const channel = this.#channel;
    this.#here.hidden = channel === undefined;
    this.#here.textContent = channel ? `In ${channel.name ? '#' : ''}${workspace.title(channel)}` : '';
    this.#here.setAttribute('aria-pressed', String(this.#isHere()));
    this.#link.setAttribute('aria-pressed', String(this.#has('has')));
    const [who] = this.#values('from');
    this.#from.setAttribute('aria-pressed', String(who !== undefined));
    this.#from.textContent = who === undefined ? 'From…' : `From ${workspace.people.knownName(who) ?? who}`;
    this.#after.value = this.#day('after');
    this.#before.value = this.#day('before');
  }

  #chip(text: string, click: () => void): HTMLButtonElement {
    return h('button', { type: 'button', class: 'chip', 'aria-pressed': 'false', on: { click } }, text);
  }

  #values(key: FilterKey): string[] {
    return filterValues(this.#options.query(), key);
  }

  #has(key: FilterKey): boolean {
    return this.#values(key).length > 0;
  }

  /** As a field for days takes it. */
  #day(key: FilterKey): string {
    return this.#values(key).find((value) => /^\d{4}-\d\d-\d\d$/.test(value)) ?? '';
  }

  #set(key: FilterKey, value: string | undefined): void {
    this.#options.onQuery(withFilter(this.#options.query(), key, value));
  }

  /** As one writes the open channel into a search: by its name, or by its id where it has none. */
  #hereName(): string | undefined {
    return this.#channel?.name || this.#channel?.channel_id;
  }

  #isHere(): boolean {
    return this.#values('in').some((value) => value === this.#hereName() || value === this.#channel?.channel_id);
  }

  #toggleHere(): void {
    this.#set('in', this.#isHere() ? undefined : this.#hereName());
  }

  #toggleFrom(): void {
    if (this.#has('from')) {
      this.#set('from', undefined);
      return;
    }
    const { workspace } = this.#options;
    const picker = new PeoplePicker(workspace, 'Find people by name', ({ user_id }) => {
      dialog.close();
      this.#set('from', user_id);
    });
    const dialog = openDialog('Messages from', picker.element);
    dialog.addEventListener('close', () => workspace.presences.hide('picker'));
    picker.listAll();
    picker.focus();
  }
}
