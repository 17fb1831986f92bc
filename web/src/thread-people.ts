import { avatar } from './avatar.ts';
import { fill, h } from './dom.ts';
import type { People } from './people.ts';

const MAX_SHOWN = 5;
/** As many as a thread tells. */
const MAX_KNOWN = 200;

/** Who takes part in a thread: pictures, and names. */
export class ThreadPeople {
  readonly element = h('div', { class: 'thread-people', hidden: true });
  readonly #people: People;
  readonly #ids = new Set<string>();

  constructor(people: People) {
    this.#people = people;
  }

  add(userIds: readonly string[]): void {
    for (const id of userIds) if (this.#ids.size < MAX_KNOWN) this.#ids.add(id);
    this.refresh();
  }

  refresh(): void {
    const shown = [...this.#ids].slice(0, MAX_SHOWN).map((id) => ({ id, name: this.#people.name(id) }));
    const more = this.#ids.size - shown.length;
    const names = shown.map(({ name }) => name).join(', ');
    this.element.hidden = shown.length === 0;
    fill(
      this.element,
      h('span', { class: 'faces' }, ...shown.map(({ id, name }) => avatar(id, name))),
      h('span', { class: 'option-name' }, `${names}${more > 0 ? ` and ${more} more` : ''} replied`),
    );
  }
}
