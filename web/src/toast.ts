import { MillraceError } from '../../client/index.ts';
import { h } from './dom.ts';

const MAX_TOASTS = 3;
const SHOWN_MS = 6_000;

/** One live region for passing notes; at most three are shown, the oldest goes first. */
export class Toasts {
  readonly element = h('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' });

  show(text: string, tone: 'error' | 'note' = 'note'): void {
    const toast = h('div', { class: `toast ${tone}` }, text);
    this.element.append(toast);
    while (this.element.childElementCount > MAX_TOASTS) this.element.firstElementChild?.remove();
    setTimeout(() => toast.remove(), SHOWN_MS);
  }

  /** Shows why something was refused. What is no MillraceError is a bug of this page, and is thrown on. */
  problem(error: unknown, what: string): void {
    if (!(error instanceof MillraceError)) throw error;
    if (error.code === 'aborted') return;
    this.show(`${what}: ${error.detail}`, 'error');
  }
}
