import type { Input } from '../processor.ts';

/** A record as it left a node, with the output by which it left. */
export type Tapped = Input & { to?: string };

/** Who listens to a node; called on the pipeline's way, so it may only note what it is given. */
export type Listener = (gave: readonly Tapped[]) => void;

/** Listeners by node. Nothing is done, and nothing kept, for nodes to which nobody listens. */
export class Taps {
  private readonly listeners = new Map<string, Set<Listener>>();

  /** Until the returned function is called. */
  listen(topology: string, node: string, listener: Listener): () => void {
    const at = `${topology}/${node}`;
    const known = this.listeners.get(at) ?? new Set();
    this.listeners.set(at, known.add(listener));
    return () => {
      known.delete(listener);
      if (known.size === 0 && this.listeners.get(at) === known) this.listeners.delete(at);
    };
  }

  passed(topology: string, node: string, gave: readonly Tapped[]): void {
    if (this.listeners.size === 0) return;
    for (const listener of this.listeners.get(`${topology}/${node}`) ?? []) listener(gave);
  }
}
