const END_SLACK = 48;
const NEAR = 800;

/** Keeps a scrolling log in its place while rows come and go, or at its end while the reader is there. */
export class ScrollKeeper {
  readonly #log: HTMLElement;
  readonly #rows: HTMLElement;
  readonly #observer: ResizeObserver;
  #sticking = true;
  /** The first row in sight and its distance from the upper edge, px, as of the last scroll. */
  #place: { row: Element; offset: number } | undefined;

  /** `onScroll` also follows changes of size. */
  constructor(log: HTMLElement, rows: HTMLElement, onScroll: () => void) {
    this.#log = log;
    this.#rows = rows;
    log.addEventListener('scroll', () => {
      this.#sticking = this.atEnd;
      this.#note();
      onScroll();
    });
    this.#observer = new ResizeObserver(() => {
      // A new width breaks lines anew, above what is being read as well.
      if (this.#sticking) this.#toEnd();
      else if (this.#place?.row.isConnected) log.scrollTop += this.#offset(this.#place.row) - this.#place.offset;
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
    if (!this.#sticking) this.#note();
    const place = this.#place;
    change();
    if (this.#sticking) {
      this.#toEnd();
      return;
    }
    if (place?.row.isConnected) this.#log.scrollTop += this.#offset(place.row) - place.offset;
    this.#sticking = this.atEnd;
  }

  dispose(): void {
    this.#observer.disconnect();
  }

  #note(): void {
    this.#place = undefined;
    for (const row of this.#rows.children) {
      const offset = this.#offset(row);
      if (!row.matches('article') || offset + row.clientHeight <= 0) continue;
      this.#place = { row, offset };
      return;
    }
  }

  #offset(row: Element): number {
    return row.getBoundingClientRect().top - this.#log.getBoundingClientRect().top;
  }

  #distance(): number {
    return this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight;
  }

  #toEnd(): void {
    this.#log.scrollTop = this.#log.scrollHeight;
  }
}
