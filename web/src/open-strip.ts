import type { Message } from '../../client/index.ts';

/** Which message of a list has its choice of emoji open. Any change makes its row anew; the choice stays open in the new one. */
export class OpenStrip {
  #messageId: string | undefined;
  #bar: HTMLElement | undefined;

  holds({ message_id }: Message): boolean {
    return this.#messageId === message_id;
  }

  opened({ message_id }: Message, bar: HTMLElement): void {
    this.#messageId = message_id;
    this.#bar = bar;
  }

  /** A bar that was replaced by then closes nothing: it loses the focus only because it goes. */
  closed(bar: HTMLElement): void {
    if (this.#bar !== bar) return;
    this.#messageId = undefined;
    this.#bar = undefined;
  }
}
