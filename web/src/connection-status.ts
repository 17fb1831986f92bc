import type { MillraceSession, SessionState } from '../../client/index.ts';
import { fill, h, setText } from './dom.ts';

/** Says how the connection is: in the sidebar always, and over the page while there is none. */
export class ConnectionStatus {
  readonly line: HTMLElement;
  readonly banner: HTMLElement;
  readonly #session: MillraceSession;
  readonly #dot = h('span', { class: 'dot' });
  readonly #text = h('span', { 'aria-hidden': 'true' });
  /** Read out when it changes, so without the seconds. */
  readonly #spoken = h('span', { class: 'visually-hidden', role: 'status' });
  readonly #bannerText = h('span', {});
  #trouble = false;

  constructor(session: MillraceSession) {
    this.#session = session;
    this.line = h('p', { class: 'connection' }, this.#dot, this.#text, this.#spoken);
    const now = h('button', { type: 'button', class: 'link', on: { click: () => session.reconnectNow() } }, 'Try now');
    this.banner = h('div', { class: 'banner', hidden: true }, this.#bannerText, now);
    session.events.on('state', () => this.#show());
    window.addEventListener('online', () => {
      session.reconnectNow();
      this.#show();
    });
    window.addEventListener('offline', () => this.#show());
    setInterval(() => this.#show(), 500);
    this.#show();
  }

  #show(): void {
    const { state } = this.#session;
    const text = describe(state);
    setText(this.#text, text);
    setText(this.#spoken, text.replace(/ in \d+ s$/, ''));
    const tone = state.status === 'connected' ? 'good' : state.status === 'stopped' ? 'bad' : 'waiting';
    this.#dot.className = `dot ${tone}`;
    // A first attempt is no trouble. Further ones are part of what goes on, or the banner would come and go with each,
    // and move the page under the pointer.
    if (state.status !== 'connecting') this.#trouble = state.status === 'waiting';
    const trouble = this.#trouble || !navigator.onLine;
    this.banner.hidden = !trouble;
    document.documentElement.classList.toggle('no-connection', trouble);
    setText(
      this.#bannerText,
      `${text}. You see what is kept on this device; what you write is sent when the connection is back.`,
    );
  }
}

function describe(state: SessionState): string {
  if (!navigator.onLine) return 'Offline';
  switch (state.status) {
    case 'connected':
      return 'Connected';
    case 'connecting':
      return state.attempt > 0 ? 'Reconnecting' : 'Connecting';
    case 'waiting': {
      const seconds = Math.ceil((state.retryAt - Date.now()) / 1000);
      return seconds > 0 ? `Reconnecting in ${seconds} s` : 'Reconnecting';
    }
    case 'stopped':
      return 'Not connected';
  }
}

/** A page that only has a message and perhaps a button. */
export function fullPage(title: string, detail: string, action?: { label: string; run: () => void }): HTMLElement {
  const page = h('main', { class: 'full-page' });
  fill(
    page,
    h('h1', {}, title),
    h('p', { class: 'quiet' }, detail),
    action && h('button', { type: 'button', class: 'button primary', on: { click: action.run } }, action.label),
  );
  return page;
}
