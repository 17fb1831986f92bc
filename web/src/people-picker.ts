import { MillraceError, type User } from '../../client/index.ts';
import { moveInList } from './arrow-keys.ts';
import { avatar } from './avatar.ts';
import { fill, h } from './dom.ts';
import type { Workspace } from './workspace.ts';

const WAIT_MS = 150;
const MAX_SHOWN = 8;

/** A field that finds people of the workspace by the beginning of their name. */
export class PeoplePicker {
  readonly element: HTMLElement;
  readonly #workspace: Workspace;
  readonly #onPick: (user: User) => void;
  readonly #input: HTMLInputElement;
  readonly #list = h('div', { class: 'picker-list' });
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

  async #look(): Promise<void> {
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    const prefix = this.#input.value.trim();
    if (asked.signal.aborted) return;
    if (prefix === '') {
      fill(this.#list);
      return;
    }
    try {
      const { users } = await this.#workspace.client.rest.users({ prefix, signal: asked.signal });
      fill(this.#list, ...users.slice(0, MAX_SHOWN).map((user) => this.#row(user)));
      if (users.length === 0) fill(this.#list, h('p', { class: 'quiet' }, 'Nobody is called that.'));
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      if (error.code !== 'aborted') fill(this.#list, h('p', { class: 'form-error' }, error.detail));
    }
  }

  #row(user: User): HTMLElement {
    this.#workspace.people.learn(user);
    const name = user.name || user.user_id;
    return h(
      'button',
      { type: 'button', class: 'browse-row', on: { click: () => this.#onPick(user) } },
      avatar(user.user_id, name),
      h('span', { class: 'option-name' }, name),
      h('span', { class: 'quiet' }, user.user_id),
    );
  }
}
