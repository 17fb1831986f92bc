import type { SearchDocument } from '../port.ts';

/** With so many documents gathered none waits any longer. A call brings 1,000 at most. */
const enough = 2000;

interface Waiting {
  documents: SearchDocument[];
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Batches of several partitions that share a transaction: in one of 60 each document costs twice what it does in one of
 * 500, for FTS5 writes a part of its own at each commit, and each is flushed.
 */
export class Gathering {
  private waiting: Waiting[] = [];
  /** The generations that all of them go to. */
  private ids: string[] = [];
  private count = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    /** How long a batch waits for others, in milliseconds. */
    private readonly patience_ms: number,
    private readonly write: (ids: string[], documents: SearchDocument[]) => void,
  ) {}

  /** Resolves once it is on disk; `soon`: at once, with all that waits. Rejects with what `write` throws for this one. */
  add(ids: string[], documents: SearchDocument[], soon: boolean): Promise<void> {
    if (ids.join() !== this.ids.join()) this.flush();
    this.ids = ids;
    return new Promise((resolve, reject) => {
      this.waiting.push({ documents, resolve, reject });
      this.count += documents.length;
      if (soon || this.patience_ms === 0 || this.count >= enough) this.flush();
      else this.timer ??= setTimeout(() => this.flush(), this.patience_ms);
    });
  }

  /** Writes what waits; who waits is told how it went. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const batches = this.waiting;
    this.waiting = [];
    this.count = 0;
    if (batches.length === 0) return;
    try {
      this.write(
        this.ids,
        batches.flatMap(({ documents }) => documents),
      );
      for (const { resolve } of batches) resolve();
    } catch (error) {
      if (batches.length === 1) batches[0]!.reject(error);
      else this.writeEach(batches);
    }
  }

  /** What is wrong with one is told to nobody else. */
  private writeEach(batches: Waiting[]): void {
    for (const { documents, resolve, reject } of batches) {
      try {
        this.write(this.ids, documents);
        resolve();
      } catch (error) {
        reject(error);
      }
    }
  }
}
