const MAX_ASKING = 6;
const MAX_QUEUED = 500;

/** Asks for things by id, six at a time. What would queue beyond 500 is dropped: whoever shows it asks again. */
export class Asking {
  readonly #fetch: (id: string) => Promise<void>;
  readonly #queue = new Set<string>();
  readonly #under = new Set<string>();

  /** `fetch` may not reject. */
  constructor(fetch: (id: string) => Promise<void>) {
    this.#fetch = fetch;
  }

  for(id: string): void {
    if (this.#under.has(id) || this.#queue.size >= MAX_QUEUED) return;
    this.#queue.add(id);
    this.#next();
  }

  #next(): void {
    for (const id of this.#queue) {
      if (this.#under.size >= MAX_ASKING) return;
      this.#queue.delete(id);
      this.#under.add(id);
      void this.#fetch(id).finally(() => {
        this.#under.delete(id);
        this.#next();
      });
    }
  }
}
