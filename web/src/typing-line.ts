import { h, setText } from './dom.ts';
import type { Workspace } from './workspace.ts';

const SHOWN_MS = 5_000;
const MAX_TYPING = 50;

/** Says who is typing in a channel: each for 5 s after the last word of it. */
export class TypingLine {
  readonly element = h('p', { class: 'typing' });
  readonly #workspace: Workspace;
  readonly #until = new Map<string, number>();
  readonly #stops: (() => void)[];
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(workspace: Workspace, channelId: string) {
    this.#workspace = workspace;
    this.#stops = [
      workspace.client.session.events.on('typing', ({ user_id, channel_id }) => {
        if (channel_id !== channelId || user_id === workspace.me.user_id || this.#until.size >= MAX_TYPING) return;
        this.#until.set(user_id, Date.now() + SHOWN_MS);
        this.#show();
      }),
      workspace.events.on('event', ({ channel_id, event }) => {
        if (channel_id !== channelId || event.kind !== 'message.created') return;
        this.#until.delete(event.message.user_id);
        this.#show();
      }),
    ];
    this.#timer = setInterval(() => this.#show(), 1_000);
  }

  dispose(): void {
    clearInterval(this.#timer);
    for (const stop of this.#stops) stop();
  }

  #show(): void {
    const now = Date.now();
    for (const [id, until] of this.#until) if (until < now) this.#until.delete(id);
    const names = [...this.#until.keys()].map((id) => this.#workspace.people.name(id));
    const [first, second] = names;
    if (!first) setText(this.element, '');
    else if (!second) setText(this.element, `${first} is typing…`);
    else setText(this.element, names.length > 2 ? 'Several people are typing…' : `${first} and ${second} are typing…`);
  }
}
