import type { Input } from '../processor.ts';

/** What a task tells of its work. */
export interface TaskObserver {
  /** So many effects of a sink were done in so long. */
  took(node: string, effects: number, milliseconds: number): void;
  /** A batch passed a node: what it took and gave (a sink: wrote), and how long its step took. */
  passed(node: string, taken: number, gave: readonly Input[], milliseconds: number): void;
  committed(source: string, next: number, seconds: number): void;
  retried(node: string, error: unknown, attempt: number): void;
  deadLettered(node: string, error: unknown): void;
  /** A unit of a source's records is under way, or is no longer. */
  inFlight(change: 1 | -1, source: string): void;
}

/** For what is no part of what the running version is seen to do: states made beside it, replays, standbys. */
export const unobserved: TaskObserver = {
  took: () => undefined,
  passed: () => undefined,
  committed: () => undefined,
  retried: () => undefined,
  deadLettered: () => undefined,
  inFlight: () => undefined,
};
