import type { HeldPartitions } from '../../schemas/generated/types.ts';

/** Of one topology, which partitions are this process's. */
export interface Share {
  /** To be run here. What another process still runs is not in it yet. */
  run: number[];
  /** Whose states are kept up here, so that this process can go on quickly if the one that runs them ends. */
  ready: number[];
}

/** A process that runs topologies, as others see it. */
export interface Worker {
  worker: string;
  host: string;
  holds: readonly HeldPartitions[];
}

/** How the partitions of topologies are shared out among processes. */
export interface Sharing {
  of(topology: string, partitions: number): Share;
  /** Calls `listener` when a share may have changed; returns what ends that. */
  onChange(listener: () => void): () => void;
  /** Tells the others that what runs here has changed. What runs here never waits for it. */
  tell(): void;
  /** Every living process, this one included. */
  workers(): Worker[];
}

/** One process runs all. */
export const alone: Sharing = {
  of: (_topology, partitions) => ({ run: Array.from({ length: partitions }, (_, partition) => partition), ready: [] }),
  onChange: () => () => undefined,
  tell: () => undefined,
  workers: () => [],
};
