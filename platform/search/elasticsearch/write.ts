import type { DocumentKey, SearchDocument } from '../port.ts';
import { removeBulk, writeBulk } from './bulk.ts';
import type { Engine } from './engine.ts';
import type { Generations } from './generations.ts';
import type { Names } from './names.ts';
import { idsOf } from './roles.ts';
import { documentId, encoded } from './stored.ts';

export class Writer {
  constructor(
    private readonly engine: Engine,
    private readonly names: Names,
    private readonly generations: Generations,
  ) {}

  /** Into one generation. Error: `not_found`. */
  async into(id: string, documents: SearchDocument[]): Promise<void> {
    const { serving } = await this.generations.require(id);
    const written = await writeBulk(this.engine, this.names.writing(id), encoded(documents), id === serving);
    // It was dropped in between: what follows says so.
    if (written === 'gone') await this.generations.require(id);
  }

  /**
   * Into all generations that there are. Another process may begin one or change the serving one meanwhile, so the roles
   * are looked at again behind the writes, until none is left out: no generation that a promotion or a rollback brings
   * forward lacks these documents.
   */
  intoAll(documents: SearchDocument[]): Promise<void> {
    const ready = encoded(documents);
    // Waited for in every one: any of them may serve by the time this resolves.
    return this.inAll((alias) => writeBulk(this.engine, alias, ready, true));
  }

  /** Out of all generations that there are, likewise. */
  outOfAll(keys: DocumentKey[]): Promise<void> {
    return this.inAll((alias) => removeBulk(this.engine, alias, keys.map(documentId)));
  }

  private async inAll(change: (alias: string) => Promise<unknown>): Promise<void> {
    const done = new Set<string>();
    for (;;) {
      const left = idsOf(await this.generations.roles()).filter((id) => !done.has(id));
      if (left.length === 0) return;
      await Promise.all(left.map((id) => change(this.names.writing(id))));
      for (const id of left) done.add(id);
    }
  }
}
