import { MillraceError } from '../../errors/error.ts';
import { type Engine, refusedFor } from './engine.ts';
import { type IndexSettings, indexBody } from './mapping.ts';
import type { Names } from './names.ts';
import { nextNumber } from './numbers.ts';
import { changeRoles, idsOf, nothingServes, type Roles, readRoles, type Step } from './roles.ts';

/**
 * The life of generations: built, promoted, rolled back, dropped. Who has which role is asked anew for each change, and
 * each change is one request that fails where another process was quicker.
 */
export class Generations {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly engine: Engine,
    private readonly names: Names,
    private readonly settings: IndexSettings,
  ) {}

  /** Error: `unavailable` where nothing serves any more: it was taken away from outside. */
  async roles(signal?: AbortSignal): Promise<Roles> {
    const roles = await readRoles(this.engine, this.names, signal);
    if (roles !== null) return roles;
    throw nothingServes(this.names.role('serving'));
  }

  /** Error: `not_found`. */
  async require(id: string): Promise<Roles> {
    const roles = await this.roles();
    const all = idsOf(roles);
    if (!all.includes(id))
      throw new MillraceError('not_found', `generation: there is no ${id}; there are ${all.join(', ')}`);
    return roles;
  }

  build(): Promise<string> {
    return this.inTurn(async () => {
      const id = await nextNumber(this.engine, this.names);
      await this.create(id);
      const roles = await this.roles();
      // What has no role is left from a build that ended half-way, or from one that this one supersedes.
      const unused = (await this.indices()).filter(
        (other) => Number(other) < Number(id) && other !== roles.serving && other !== roles.previous,
      );
      await this.change([{ give: 'building', to: id }, ...unused.map((other) => ({ drop: other }))]);
      return id;
    });
  }

  promote(id: string): Promise<void> {
    return this.inTurn(async () => {
      const { serving, previous, building } = await this.require(id);
      if (id === serving) return;
      if (id !== building)
        throw new MillraceError('conflict', `generation: ${id} served before; take it back by rollback`);
      // All that it holds is to be found from the first search on.
      await this.refresh(id);
      await this.change([
        { take: 'serving', from: serving },
        { give: 'serving', to: id },
        { take: 'building', from: id },
        { give: 'previous', to: serving },
        ...dropped(previous),
      ]);
    });
  }

  /** The generation that was turned down can be promoted again, unless another one is being built: then it is dropped. */
  rollback(): Promise<string> {
    return this.inTurn(async () => {
      const { serving, previous, building } = await this.roles();
      if (previous === null) throw new MillraceError('conflict', 'there is no generation to go back to');
      await this.refresh(previous);
      const turnedDown: Step[] =
        building === null
          ? [
              { take: 'serving', from: serving },
              { give: 'building', to: serving },
            ]
          : dropped(serving);
      await this.change([{ take: 'previous', from: previous }, { give: 'serving', to: previous }, ...turnedDown]);
      return previous;
    });
  }

  drop(id: string): Promise<void> {
    return this.inTurn(async () => {
      const { serving } = await this.require(id);
      if (id === serving)
        throw new MillraceError('conflict', `generation: ${id} is serving; promote another one first`);
      await this.change(dropped(id));
    });
  }

  /** Makes what was written to a generation visible. */
  async refresh(id: string): Promise<void> {
    await this.engine.ask((client, sending) => client.indices.refresh({ index: this.names.index(id) }, sending));
  }

  /** Resolves when the changes that were begun are done. */
  async settled(): Promise<void> {
    await this.last;
  }

  /** Makes the first generation, unless another process just did. Error: `unavailable` beside indices without a role. */
  async first(): Promise<void> {
    if ((await readRoles(this.engine, this.names)) !== null) return;
    if ((await this.indices()).length > 0) await this.roles();
    else await this.create('1', { [this.names.role('serving')]: {} }).catch(unlessExists);
  }

  /** An index that is there with the aliases it begins with. */
  private async create(id: string, aliases: { [alias: string]: object } = {}): Promise<void> {
    const body = indexBody(this.settings);
    await this.engine.ask((client, sending) =>
      client.indices.create(
        { index: this.names.index(id), ...body, aliases: { ...aliases, [this.names.writing(id)]: {} } },
        sending,
      ),
    );
  }

  private async indices(): Promise<string[]> {
    const found = await this.engine.ask((client, sending) =>
      client.indices.get({ index: `${this.names.prefix}-*`, features: ['aliases'] }, sending),
    );
    return Object.keys(found).flatMap((index) => this.names.idOf(index) ?? []);
  }

  private change(steps: Step[]): Promise<void> {
    return changeRoles(this.engine, this.names, steps);
  }

  private inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
    const done = this.last.then(change);
    // Whoever asked hears of the error; the next change does not depend on it.
    this.last = done.catch(() => undefined);
    return done;
  }
}

function dropped(id: string | null): Step[] {
  return id === null ? [] : [{ drop: id }];
}

function unlessExists(error: unknown): void {
  if (!refusedFor(error, 'resource_already_exists_exception')) throw error;
}
