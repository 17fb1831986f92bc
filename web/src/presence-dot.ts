import type { PresenceStatus } from '../../client/index.ts';
import { h } from './dom.ts';

/**
 * A person's status as a dot, which stays current while it is in the page. `spoken`: a screen reader meets it, too;
 * not beside every message.
 */
export function presenceDot(userId: string, status: PresenceStatus, spoken: boolean): HTMLElement {
  const attributes = spoken ? { role: 'img', 'aria-label': status } : { 'aria-hidden': 'true' };
  return h('span', { class: `presence ${status}`, title: status, 'data-presence-of': userId, ...attributes });
}

/** Brings a person's dots up to date, without making the rows around them anew. */
export function paintPresence(userId: string, status: PresenceStatus): void {
  for (const dot of document.querySelectorAll<HTMLElement>(`[data-presence-of="${CSS.escape(userId)}"]`)) {
    dot.className = `presence ${status}`;
    dot.title = status;
    if (dot.hasAttribute('aria-label')) dot.setAttribute('aria-label', status);
  }
}
