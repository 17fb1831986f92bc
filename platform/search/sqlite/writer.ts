import { LRUCache } from 'lru-cache';
import { asUnavailable } from '../../worker/sqlite.ts';
import type { DocumentKey, SearchDocument } from '../port.ts';
import { Gathering } from './gathering.ts';
import { createGeneration, generationFile, type IndexPlace, openGeneration, removeGeneration } from './generation.ts';
import { type Open, takeOut, write } from './write.ts';

/** All that writes the index, in a thread of its own: a batch holds up no search. */
export interface Writer {
  /** Makes an empty generation. */
  create(id: string): Promise<void>;
  /** Checks that a generation can be used. Error: `unavailable`. */
  open(id: string): Promise<void>;
  /** `soon`: it waits for no others to share a commit with. */
  index(ids: string[], documents: SearchDocument[], soon: boolean): Promise<void>;
  /** Takes documents out of generations. */
  take(ids: string[], keys: DocumentKey[]): Promise<void>;
  /** Closes a generation and deletes its files. */
  remove(id: string): Promise<void>;
  close(): Promise<void>;
}

export class SqliteWriter implements Writer {
  // The serving, the previous and the one being built.
  private readonly opened = new Map<string, Open>();
  private readonly gathering: Gathering;

  constructor(
    private readonly place: IndexPlace,
    patience_ms = 0,
  ) {
    this.gathering = new Gathering(patience_ms, (ids, documents) => this.change(ids, (open) => write(open, documents)));
  }

  async create(id: string): Promise<void> {
    createGeneration(this.place, id);
  }

  async open(id: string): Promise<void> {
    this.generation(id);
  }

  index(ids: string[], documents: SearchDocument[], soon: boolean): Promise<void> {
    return this.gathering.add(ids, documents, soon);
  }

  async take(ids: string[], keys: DocumentKey[]): Promise<void> {
    this.gathering.flush();
    this.change(ids, (open) => takeOut(open, keys));
  }

  private change(ids: string[], change: (open: Open) => void): void {
    for (const id of ids) {
      const open = this.generation(id);
      try {
        open.database.transaction(() => change(open));
      } catch (error) {
        // A number that the failed transaction gave out is not in the table.
        open.numbers.clear();
        throw asUnavailable(generationFile(this.place.folder, id), error) ?? error;
      }
    }
  }

  async remove(id: string): Promise<void> {
    this.gathering.flush();
    this.opened.get(id)?.database.close();
    this.opened.delete(id);
    removeGeneration(this.place.folder, id);
  }

  async close(): Promise<void> {
    this.gathering.flush();
    for (const { database } of this.opened.values()) database.close();
    this.opened.clear();
  }

  private generation(id: string): Open {
    let open = this.opened.get(id);
    if (!open) {
      open = { database: openGeneration(this.place, id, false), numbers: new LRUCache({ max: 20_000 }) };
      this.opened.set(id, open);
    }
    return open;
  }
}
