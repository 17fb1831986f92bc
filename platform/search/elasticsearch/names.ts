import { MillraceError } from '../../errors/error.ts';

export type Role = 'serving' | 'previous' | 'building';

export const roles: Role[] = ['serving', 'previous', 'building'];

/** The names of indices and aliases: `<prefix>-<n>` is an index, all others are aliases or serve the numbering. */
export class Names {
  private readonly pattern: RegExp;

  constructor(readonly prefix: string) {
    if (!/^[a-z0-9][a-z0-9_-]{0,99}$/.test(prefix))
      throw new MillraceError('config_invalid', `the search index's prefix ${prefix}: a-z, 0-9, - and _, at most 100`);
    this.pattern = new RegExp(`^${prefix}-(\\d+)$`);
  }

  index(id: string): string {
    return `${this.prefix}-${id}`;
  }

  /** The number of a generation's index; undefined for any other's. */
  idOf(index: string): string | undefined {
    return this.pattern.exec(index)?.[1];
  }

  /** Which generation has a role. An alias, so that one request hands over several roles at once. */
  role(role: Role): string {
    return `${this.prefix}-${role}`;
  }

  /**
   * What documents are written through. An index is made by the first write to its name where it is missing; a write that
   * demands an alias makes none, so that a late one can't bring a dropped generation back to life.
   */
  writing(id: string): string {
    return `${this.prefix}-${id}-documents`;
  }

  /** The index whose one document counts generations. */
  get numbers(): string {
    return `${this.prefix}-numbers`;
  }
}
