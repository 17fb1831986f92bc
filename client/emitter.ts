/** Typed listeners. `Events` maps a name to the one value that its listeners get. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(value: never) => void>>();

  /** Adds a listener; returns what removes it. At most 100 for a name: more is a leak, and throws `RangeError`. */
  on<Name extends keyof Events>(name: Name, listener: (value: Events[Name]) => void): () => void {
    let set = this.#listeners.get(name);
    if (!set) {
      set = new Set();
      this.#listeners.set(name, set);
    }
    if (set.size >= 100) throw new RangeError(`more than 100 listeners for ${String(name)}`);
    set.add(listener);
    return () => set.delete(listener);
  }

  /** Calls the listeners in the order of their adding. One that throws stops no other; its error surfaces as uncaught. */
  emit<Name extends keyof Events>(name: Name, value: Events[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        (listener as (value: Events[Name]) => void)(value);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
