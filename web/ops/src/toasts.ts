import { h } from '../../src/dom.ts';

const most = 3;
const shown_ms = 8000;

/** One live region for passing notes; at most three are shown, the oldest goes first. */
export class Toasts {
  readonly element = h('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' });

  show(text: string, tone: 'error' | 'note' = 'note'): void {
    const toast = h('div', { class: `toast ${tone}` }, text);
    this.element.append(toast);
    while (this.element.childElementCount > most) this.element.firstElementChild?.remove();
    setTimeout(() => toast.remove(), shown_ms);
  }
}
