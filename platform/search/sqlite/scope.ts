import type { Permitted } from './permitted.ts';
import type { Range } from './ranges.ts';

/** Where hits are looked for: in a few walks over the places of a word. */
export interface Scope {
  ranges: Range[];
  /**
   * Of each hit it is asked whether it lies in one of these channels, and with `times` whether it is one of their documents
   * of those; null where the ranges hold nothing of other channels, and the times are read with the documents.
   */
  tested: number[] | null;
  /** When they were created; null for all times. */
  times: Times | null;
}

/** Bounds on created_at, both included, in milliseconds since 1970. */
export interface Times {
  since: number;
  until: number;
}

/**
 * What it costs to begin a walk over a word's places somewhere within, in hits whose documents are read meanwhile, for each part
 * of the FTS5 index is looked up anew. Measured: 0.1 to 0.25 ms, and 0.15 to 0.3 µs for a hit.
 */
export const hitsPerWalk = 1_000;

/** The same in hits of which only the channel is looked at; 0.07 µs each. */
export const testsPerWalk = 3_000;

/** What it costs to list a document by its time before, in hits that need not be read for it; about 0.3 µs to 0.15. */
export const hitsPerListed = 2;

/** All permitted documents by one walk, which passes those of other channels as well. */
export function byTest({ channels, runs }: Permitted): Scope {
  const first = runs[0];
  const last = runs.at(-1);
  return { ranges: first && last ? [[first[0], last[1]]] : [], tested: channels, times: null };
}

/** All permitted documents by a walk for each run of channels: nothing is asked of a hit, which is half of what counting costs. */
export function byRuns({ runs }: Permitted): Scope {
  return { ranges: runs, tested: null, times: null };
}
