import { MillraceError } from '../../errors/error.ts';
import { generationNumbers, type Manifest, readManifest, writeManifest } from './manifest.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/**
 * The life of generations: built, promoted, rolled back, dropped. Changes follow one another; each is in the manifest
 * before it is in force, and files are deleted only when nothing names them any more.
 */
export class Generations {
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly folder: string,
    private readonly writer: Writer,
    private readonly reader: Reader,
    private manifest: Manifest,
  ) {}

  /** Opens what is there, makes the first generation where there is none, and sweeps up what a crash has left. */
  static async open(folder: string, writer: Writer, reader: Reader): Promise<Generations> {
    const generations = new Generations(folder, writer, reader, await readManifest(folder));
    await generations.start();
    return generations;
  }

  get serving(): string {
    return this.manifest.serving!;
  }

  get all(): string[] {
    const { serving, previous, building } = this.manifest;
    return [serving, previous, building].filter((id) => id !== null);
  }

  /** Error: `not_found`. */
  require(id: string): string {
    if (!this.all.includes(id))
      throw new MillraceError('not_found', `generation: there is no ${id}; there are ${this.all.join(', ')}`);
    return id;
  }

  build(): Promise<string> {
    return this.inTurn(async () => {
      const unfinished = this.manifest.building;
      const id = await this.create();
      await this.store({ ...this.manifest, building: id, creating: null });
      if (unfinished !== null) await this.remove(unfinished);
      return id;
    });
  }

  promote(id: string): Promise<void> {
    return this.inTurn(async () => {
      this.require(id);
      const { serving, previous, building } = this.manifest;
      if (id === serving) return;
      if (id !== building)
        throw new MillraceError('conflict', `generation: ${id} served before; take it back by rollback`);
      await this.store({ ...this.manifest, serving: id, previous: serving, building: null });
      if (previous !== null) await this.remove(previous);
    });
  }

  /** The generation that was turned down can be promoted again, unless another one is being built: then it is dropped. */
  rollback(): Promise<string> {
    return this.inTurn(async () => {
      const { serving, previous, building } = this.manifest;
      if (previous === null) throw new MillraceError('conflict', 'there is no generation to go back to');
      await this.store({ ...this.manifest, serving: previous, previous: null, building: building ?? serving });
      if (building !== null) await this.remove(serving!);
      return previous;
    });
  }

  drop(id: string): Promise<void> {
    return this.inTurn(async () => {
      this.require(id);
      const { serving, previous, building } = this.manifest;
      if (id === serving)
        throw new MillraceError('conflict', `generation: ${id} is serving; promote another one first`);
      await this.store({
        ...this.manifest,
        previous: previous === id ? null : previous,
        building: building === id ? null : building,
      });
      await this.remove(id);
    });
  }

  /** Resolves when the changes that were begun are done. */
  async settled(): Promise<void> {
    await this.last;
  }

  private async start(): Promise<void> {
    const named = new Set<string>(this.all);
    for (const id of await generationNumbers(this.folder)) {
      // Only what this folder's own history has made and given up.
      if (!named.has(id) && Number(id) < this.manifest.next) await this.writer.remove(id);
    }
    if (this.manifest.serving === null) {
      const id = await this.create();
      await this.store({ ...this.manifest, serving: id, creating: null });
    }
    for (const id of this.all) await this.writer.open(id);
  }

  private async create(): Promise<string> {
    const id = String(this.manifest.next);
    await this.store({ ...this.manifest, creating: id, next: this.manifest.next + 1 });
    await this.writer.create(id);
    return id;
  }

  private async store(manifest: Manifest): Promise<void> {
    await writeManifest(this.folder, manifest);
    this.manifest = manifest;
  }

  private async remove(id: string): Promise<void> {
    await this.reader.forget(id);
    await this.writer.remove(id);
  }

  private inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
    const done = this.last.then(change);
    // Whoever asked hears of the error; the next change does not depend on it.
    this.last = done.catch(() => undefined);
    return done;
  }
}
