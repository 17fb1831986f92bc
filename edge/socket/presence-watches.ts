import { presenceKey } from '../../platform/keys.ts';
import type { PresenceChanged } from '../../schemas/generated/types.ts';
import type { Gateway } from '../gateway/gateway.ts';

/** Whoever can be told of a status: a session. */
export interface Watcher {
  send(frame: { type: string; [field: string]: unknown }): void;
}

/**
 * Which sockets watch whose presence. A change costs one frame for each watcher, and nobody else hears of it. Bounded by
 * 500 people for each socket.
 */
export class PresenceWatches {
  private readonly watchers = new Map<string, Set<Watcher>>();
  private readonly watched = new Map<Watcher, Set<string>>();

  constructor(
    private readonly gateway: Gateway,
    private readonly frames: { inc(): void },
  ) {}

  /** Replaces what the watcher watched. Resolves once every later change of these people will be heard. */
  async watch(watcher: Watcher, workspaceId: string, userIds: string[]): Promise<void> {
    const before = this.watched.get(watcher) ?? new Set();
    const next = new Set(userIds.map((user) => presenceKey(workspaceId, user)));
    this.watched.set(watcher, next);
    for (const address of before) if (!next.has(address)) this.remove(watcher, address);
    const added = [...next].filter((address) => !before.has(address));
    for (const address of added) {
      const others = this.watchers.get(address) ?? new Set();
      others.add(watcher);
      this.watchers.set(address, others);
    }
    await Promise.all(
      added.map(async (address) => {
        try {
          await this.gateway.acquireAddress(address);
        } catch (error) {
          // Not held, so there is nothing to give back.
          next.delete(address);
          this.drop(watcher, address);
          throw error;
        }
      }),
    );
  }

  changed({ workspace_id, user_id, status }: PresenceChanged): void {
    for (const watcher of this.watchers.get(presenceKey(workspace_id, user_id)) ?? []) {
      watcher.send({ type: 'presence', user_id, status });
      this.frames.inc();
    }
  }

  forget(watcher: Watcher): void {
    for (const address of this.watched.get(watcher) ?? []) this.remove(watcher, address);
    this.watched.delete(watcher);
  }

  private remove(watcher: Watcher, address: string): void {
    this.drop(watcher, address);
    this.gateway.release(address);
  }

  private drop(watcher: Watcher, address: string): void {
    const others = this.watchers.get(address);
    others?.delete(watcher);
    if (others?.size === 0) this.watchers.delete(address);
  }
}
