const END_SLACK = 48;
const NEAR = 800;

/** Keeps a scrolling log in its place while rows come and go, or at its end while the reader is there. */
export class ScrollKeeper {
  readonly #log: HTMLElement;
  readonly #rows: HTMLElement;
  readonly #observer: ResizeObserver;
  #sticking = true;

  /** `onScroll` also follows changes of size. */
  constructor(log: HTMLElement, rows: HTMLElement, onScroll: () => void) {
    this.#log = log;
    this.#rows = rows;
    log.addEventListener('scroll', () => {
      this.#sticking = this.#distance() < END_SLACK;
      onScroll();
    });
    this.#observer = new ResizeObserver(() => {
      if (this.#sticking) this.#toEnd();
      onScroll();
    });
    this.#observer.observe(log);
  }

  get atEnd(): boolean {
    return this.#distance() < END_SLACK;
  }

  get nearStart(): boolean {
    return this.#log.scrollTop < NEAR;
  }

  get nearEnd(): boolean {
    return this.#distance() < NEAR;
  }

  /** The next `keep` goes to the end. */
  stick(): void {
    this.#sticking = true;
  }

  /** The next `keep` stays where the rows are, even at the end. */
  release(): void {
    this.#sticking = false;
  }

  /** Runs what changes rows; then the first row in sight is where it was, or the end is in sight. */
  keep(change: () => void): void {
    const anchor = this.#sticking ? undefined : this.#firstInSight();
    const before = anchor?.getBoundingClientRect().top ?? 0;
    change();
    if (this.#sticking) {
      this.#toEnd();
      return;
    }
    if (anchor?.isConnected) this.#log.scrollTop += anchor.getBoundingClientRect().top - before;
    this.#sticking = this.atEnd;
  }

  dispose(): void {
    this.#observer.disconnect();
  }

  #firstInSight(): Element | undefined {
    const edge = this.#log.getBoundingClientRect().top;
    for (const row of this.#rows.children) {
      if (row.matches('article') && row.getBoundingClientRect().bottom > edge) return row;
    }
    return undefined;
  }

  #distance(): number {
    return this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight;
  }

  #toEnd(): void {
    this.#log.scrollTop = this.#log.scrollHeight;
  }
}
