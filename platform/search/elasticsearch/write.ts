import type { SearchDocument } from '../port.ts';
import { writeBulk } from './bulk.ts';
import type { Engine } from './engine.ts';
import type { Generations } from './generations.ts';
import type { Names } from './names.ts';
import { idsOf } from './roles.ts';
import { encoded } from './stored.ts';

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
  async intoAll(documents: SearchDocument[]): Promise<void> {
    const ready = encoded(documents);
    const done = new Set<string>();
    for (;;) {
      const left = idsOf(await this.generations.roles()).filter((id) => !done.has(id));
      if (left.length === 0) return;
      // Waited for in every one: any of them may serve by the time this resolves.
      await Promise.all(left.map((id) => writeBulk(this.engine, this.names.writing(id), ready, true)));
      for (const id of left) done.add(id);
    }
  }
}
