/**
 * What an operator holds still. A node is held by its name; undefined stands for the whole topology. Nothing lies between
 * the nodes of a graph, so to hold one is to hold every source that leads to it.
 */
export class Pauses {
  private readonly held = new Set<string | undefined>();
  private readonly waiting = new Set<() => void>();

  get nodes(): (string | undefined)[] {
    return [...this.held];
  }

  set(node: string | undefined, paused: boolean): void {
    if (paused) this.held.add(node);
    else this.held.delete(node);
    for (const wake of [...this.waiting]) wake();
  }

  holds(nodes: ReadonlySet<string>): boolean {
    if (this.held.size === 0) return false;
    return this.held.has(undefined) || [...nodes].some((node) => this.held.has(node));
  }

  /** Resolves once none of the nodes is held, or the signal aborts. */
  async passed(nodes: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    while (this.holds(nodes) && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        this.waiting.add(wake);
        signal.addEventListener('abort', wake, { once: true });
      });
    }
  }
}
