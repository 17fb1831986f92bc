import type { Message } from '../../client/index.ts';
import { h, setText } from './dom.ts';
import { icon } from './icon.ts';
import { MentionMenu } from './mention-menu.ts';
import { MentionNames } from './mention-text.ts';
import type { Workspace } from './workspace.ts';

const MAX_CODE_POINTS = 8_000;
const MAX_HEIGHT = 240;
/** A little more than the 3 s within which the server takes one word of it. */
const TYPING_EVERY_MS = 3_200;

export interface ComposerOptions {
  readonly workspace: Workspace;
  readonly label: string;
  /** Returns whether it was taken; the text stays otherwise. */
  readonly onSend: (text: string) => boolean;
  /** As `onSend`. */
  readonly onEdit: (message: Message, text: string) => boolean;
  /** An edit began or ended. */
  readonly onEditing?: (editing: boolean) => void;
  readonly onTyping: () => void;
  /** One's last message, for the arrow key in an empty field. */
  readonly lastOwn: () => Message | undefined;
  /** Where unfinished text is kept, as it would be sent, while another channel is shown. */
  readonly unfinished: Map<string, string>;
  readonly place: string;
}

/** The field for writing and editing messages. Enter sends, Shift+Enter starts a line. */
export class Composer {
  readonly element: HTMLFormElement;
  readonly #options: ComposerOptions;
  readonly #input: HTMLTextAreaElement;
  readonly #hint = h('span', { class: 'composer-hint' });
  readonly #send: HTMLButtonElement;
  readonly #names = new MentionNames();
  readonly #menu: MentionMenu;
  #editing: Message | undefined;
  #typedAt = 0;
  #typingDue: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ComposerOptions) {
    this.#options = options;
    this.#input = h('textarea', {
      rows: 1,
      'aria-label': options.label,
      placeholder: options.label,
      enterkeyhint: 'send',
    });
    this.#menu = new MentionMenu(options.workspace, this.#input, this.#names);
    this.#send = h('button', { type: 'submit', class: 'send', 'aria-label': 'Send', title: 'Send' }, icon('send'));
    this.element = h(
      'form',
      { class: 'composer' },
      this.#menu.element,
      h('div', { class: 'composer-box' }, this.#input, this.#send),
      this.#hint,
    );
    this.#input.value = this.#decoded(options.unfinished.get(options.place) ?? '');
    this.#input.addEventListener('input', () => this.#onInput());
    this.#input.addEventListener('keydown', (event) => this.#onKey(event));
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#fit();
  }

  /** Says anew whom one writes to: a dm's name may come late. */
  relabel(label: string): void {
    if (this.#input.placeholder === label) return;
    this.#input.placeholder = label;
    this.#input.setAttribute('aria-label', label);
  }

  /** Not where a keyboard on the screen would cover what is to be read. */
  focus(): void {
    if (!matchMedia('(hover: none)').matches) this.#input.focus();
    requestAnimationFrame(() => this.#fit());
  }

  /** Puts a message's text into the field; sending then changes the message. */
  edit(message: Message): void {
    this.#editing = message;
    this.#input.value = this.#decoded(message.text);
    this.element.classList.add('editing');
    this.#options.onEditing?.(true);
    this.#fit();
    this.#input.focus();
    this.#input.setSelectionRange(this.#input.value.length, this.#input.value.length);
  }

  #decoded(text: string): string {
    const { people, groups } = this.#options.workspace;
    return this.#names.decode(text, { person: (id) => people.name(id), group: (id) => groups.name(id) });
  }

  #onInput(): void {
    this.#fit();
    if (!this.#editing) this.#keep();
    this.#sayTyping();
  }

  /** Now, or as soon as it may be said again, if there is still something in the field then. */
  #sayTyping(): void {
    clearTimeout(this.#typingDue);
    if (this.#input.value === '' || !this.#input.isConnected) return;
    const wait = this.#typedAt + TYPING_EVERY_MS - Date.now();
    if (wait > 0) {
      this.#typingDue = setTimeout(() => this.#sayTyping(), wait);
      return;
    }
    this.#typedAt = Date.now();
    this.#options.onTyping();
  }

  #keep(): void {
    const { unfinished, place } = this.#options;
    unfinished.delete(place);
    if (this.#input.value !== '') unfinished.set(place, this.#names.encode(this.#input.value));
    if (unfinished.size > 100) unfinished.delete(unfinished.keys().next().value!);
  }

  #onKey(event: KeyboardEvent): void {
    // While an input method composes, Enter is its own.
    if (event.isComposing || this.#menu.takeKey(event)) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === 'Escape' && this.#editing) {
      event.stopPropagation();
      this.#clear();
    } else if (event.key === 'ArrowUp' && this.#input.value === '') {
      const last = this.#options.lastOwn();
      if (!last) return;
      event.preventDefault();
      this.edit(last);
    }
  }

  #submit(): void {
    const text = this.#names.encode(this.#input.value);
    if (text.trim() === '' || [...text].length > MAX_CODE_POINTS) return;
    if (this.#editing) {
      if (text !== this.#editing.text && !this.#options.onEdit(this.#editing, text)) return;
    } else if (!this.#options.onSend(text)) return;
    this.#clear();
  }

  #clear(): void {
    const edited = this.#editing !== undefined;
    this.#editing = undefined;
    this.element.classList.remove('editing');
    this.#input.value = '';
    clearTimeout(this.#typingDue);
    this.#keep();
    this.#fit();
    if (edited) this.#options.onEditing?.(false);
  }

  #fit(): void {
    this.#input.style.height = 'auto';
    const height = this.#input.scrollHeight;
    if (height > 0) this.#input.style.height = `${Math.min(height, MAX_HEIGHT)}px`;
    const left = MAX_CODE_POINTS - [...this.#names.encode(this.#input.value)].length;
    this.#send.disabled = this.#input.value.trim() === '' || left < 0;
    this.#hint.classList.toggle('over', left < 0);
    setText(
      this.#hint,
      this.#editing ? 'Editing. Enter saves, Esc cancels' : left < 500 ? `${left} characters left` : '',
    );
  }
}
