import { MillraceError, type User } from '../../client/index.ts';
import { moveInList } from './arrow-keys.ts';
import { avatar } from './avatar.ts';
import { fill, h } from './dom.ts';
import { presenceDot } from './presence-dot.ts';
import type { Workspace } from './workspace.ts';

const WAIT_MS = 150;
const MAX_SHOWN = 8;
/** Where all are listed; the others are found by their names. */
const MAX_LISTED = 100;

/** A field that finds people of the workspace by the beginning of their name. */
export class PeoplePicker {
  readonly element: HTMLElement;
  readonly #workspace: Workspace;
  readonly #onPick: (user: User) => void;
  readonly #input: HTMLInputElement;
  readonly #list = h('div', { class: 'picker-list' });
  #all = false;
  #asked: AbortController | undefined;

  constructor(workspace: Workspace, label: string, onPick: (user: User) => void) {
    this.#workspace = workspace;
    this.#onPick = onPick;
    this.#input = h('input', { type: 'text', 'aria-label': label, placeholder: label, autocomplete: 'off' });
    this.element = h('div', { class: 'picker' }, this.#input, this.#list);
    this.#input.addEventListener('input', () => void this.#look());
    this.#input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.#list.querySelector('button')?.click();
      if (event.key !== 'ArrowDown') return;
      event.preventDefault();
      this.#list.querySelector('button')?.focus();
    });
    this.#list.addEventListener('keydown', (event) => moveInList(event, this.#list, 'button'));
  }

  focus(): void {
    this.#input.focus();
  }

  /** Empties the field, for the next one. */
  clear(): void {
    this.#input.value = '';
    void this.#look();
    this.focus();
  }

  /** Lists people before anything is typed, too. */
  listAll(): void {
    this.#all = true;
    void this.#look();
  }

  async #look(): Promise<void> {
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    const prefix = this.#input.value.trim();
    if (asked.signal.aborted) return;
    if (prefix === '' && !this.#all) {
      fill(this.#list);
      return;
    }
    try {
      const { users, next_cursor } = await this.#workspace.client.rest.users({
        ...(prefix ? { prefix } : {}),
        limit: 100,
        signal: asked.signal,
      });
      fill(this.#list, ...users.slice(0, this.#all ? MAX_LISTED : MAX_SHOWN).map((user) => this.#row(user)));
      this.#workspace.presences.show(
        'picker',
        users.map(({ user_id }) => user_id),
      );
      if (this.#all && next_cursor) {
        this.#list.append(h('p', { class: 'quiet' }, 'There are more: type the beginning of a name.'));
      }
      if (users.length === 0) fill(this.#list, h('p', { class: 'quiet' }, 'Nobody is called that.'));
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      if (error.code !== 'aborted') fill(this.#list, h('p', { class: 'form-error' }, error.detail));
    }
  }

  #row(user: User): HTMLElement {
    this.#workspace.people.learn(user);
    const status = this.#workspace.presences.of(user.user_id);
    const name = user.name || user.user_id;
    return h(
      'button',
      { type: 'button', class: 'browse-row', on: { click: () => this.#onPick(user) } },
      presenceDot(user.user_id, status, true),
      avatar(user.user_id, name),
      h('span', { class: 'option-name' }, name),
      h('span', { class: 'quiet' }, user.deactivated ? `${user.user_id}, no longer here` : user.user_id),
    );
  }
}
