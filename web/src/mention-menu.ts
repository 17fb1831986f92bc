import { MillraceError, type User } from '../../client/index.ts';
import { avatar } from './avatar.ts';
import { fill, h } from './dom.ts';
import { icon } from './icon.ts';
import type { MentionNames } from './mention-text.ts';
import type { Workspace } from './workspace.ts';

const MAX_SHOWN = 7;
/** So that people of the same beginning have room, too. */
const MAX_GROUPS = 3;
const WAIT_MS = 120;

/** A person, a group, or everyone. */
type Choice = { readonly name: string } & (
  | { readonly kind: 'person'; readonly user: User }
  | { readonly kind: 'group'; readonly groupId: string }
  | { readonly kind: 'everyone' }
);

/** Offers people and groups while `@…` is typed in a text area. */
export class MentionMenu {
  readonly element = h('div', { class: 'mention-menu', role: 'listbox', id: `mentions-${++count}`, hidden: true });
  readonly #workspace: Workspace;
  readonly #input: HTMLTextAreaElement;
  readonly #names: MentionNames;
  #choices: Choice[] = [];
  #active = 0;
  #asked: AbortController | undefined;

  constructor(workspace: Workspace, input: HTMLTextAreaElement, names: MentionNames) {
    this.#workspace = workspace;
    this.#input = input;
    this.#names = names;
    input.setAttribute('aria-autocomplete', 'list');
    input.setAttribute('aria-controls', this.element.id);
    input.addEventListener('input', () => void this.#look());
    input.addEventListener('blur', () => this.#close());
  }

  /** Whether the menu took the key. */
  takeKey(event: KeyboardEvent): boolean {
    if (this.element.hidden) return false;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const step = event.key === 'ArrowDown' ? 1 : -1;
      this.#active = (this.#active + step + this.#choices.length) % this.#choices.length;
      this.#show();
    } else if (event.key === 'Enter' || event.key === 'Tab') this.#choose(this.#active);
    else if (event.key === 'Escape') this.#close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #typed(): string | undefined {
    const before = this.#input.value.slice(0, this.#input.selectionStart);
    return /(?:^|[\s(])@([\p{L}\p{N}._-]{0,40})$/u.exec(before)?.[1];
  }

  async #look(): Promise<void> {
    this.#asked?.abort();
    const typed = this.#typed();
    if (typed === undefined) {
      this.#close();
      return;
    }
    const asked = new AbortController();
    this.#asked = asked;
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    if (asked.signal.aborted) return;
    try {
      const { users } = await this.#workspace.client.rest.users({ prefix: typed, signal: asked.signal });
      if (asked.signal.aborted) return;
      const everyone = ['channel', 'here'].filter((name) => typed !== '' && name.startsWith(typed));
      const groups = typed === '' ? [] : this.#workspace.groups.beginningWith(typed).slice(0, MAX_GROUPS);
      const others: Choice[] = [
        ...groups.map(({ name, group_id }): Choice => ({ kind: 'group', name, groupId: group_id })),
        ...everyone.map((name): Choice => ({ kind: 'everyone', name })),
      ];
      const people = users.map((user): Choice => ({ kind: 'person', name: user.name || user.user_id, user }));
      this.#choices = [...people.slice(0, MAX_SHOWN - others.length), ...others];
      this.#active = 0;
      this.#show();
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      // Without suggestions one can go on writing; the next key asks again.
      this.#close();
    }
  }

  #show(): void {
    const options = this.#choices.map((choice, index) => {
      const { name } = choice;
      const option = h(
        'div',
        {
          class: 'option',
          role: 'option',
          id: `${this.element.id}-${index}`,
          'aria-selected': String(index === this.#active),
        },
        choice.kind === 'person'
          ? avatar(choice.user.user_id, name)
          : h(
              'span',
              { class: 'avatar everyone', 'aria-hidden': 'true' },
              choice.kind === 'group' ? icon('people') : '@',
            ),
        h('span', { class: 'option-name' }, name),
        h('span', { class: 'quiet' }, remark(choice)),
      );
      // Before the blur that a click would cause.
      option.addEventListener('pointerdown', (event) => {
        event.preventDefault();
        this.#choose(index);
      });
      return option;
    });
    fill(this.element, ...options);
    this.element.hidden = options.length === 0;
    if (options.length > 0) this.#input.setAttribute('aria-activedescendant', `${this.element.id}-${this.#active}`);
    else this.#input.removeAttribute('aria-activedescendant');
  }

  #choose(index: number): void {
    const choice = this.#choices[index];
    const typed = this.#typed();
    if (!choice || typed === undefined) return;
    let { name } = choice;
    if (choice.kind === 'person') {
      name = this.#names.add(name, `<@${choice.user.user_id}>`);
      this.#workspace.people.learn(choice.user);
    } else if (choice.kind === 'group') name = this.#names.add(name, `<!group:${choice.groupId}>`);
    const end = this.#input.selectionStart;
    this.#input.setRangeText(`${name} `, end - typed.length, end, 'end');
    this.#input.dispatchEvent(new Event('input'));
    this.#close();
  }

  #close(): void {
    this.#asked?.abort();
    this.element.hidden = true;
    this.#input.removeAttribute('aria-activedescendant');
  }
}

/** What stands behind the name. */
function remark(choice: Choice): string {
  if (choice.kind !== 'person') return choice.kind;
  return choice.user.user_id === choice.name ? '' : choice.user.user_id;
}

let count = 0;
