import { Emitter, type Group, type GroupWithMembers, MillraceError, type MillraceRest } from '../../client/index.ts';
import { Asking } from './asking.ts';
import type { KeptGroup } from './kept/kept-store.ts';

const MAX_KNOWN = 500;
const MENTION = /<!group:([^\s<>|]{1,128})(?:\|[^<>]*)?>/g;

interface Known {
  readonly name: string;
  /** Undefined while its people are not known. */
  readonly mine: boolean | undefined;
  /** Deleted, or never there. */
  readonly gone?: true;
  /** As it was kept on this device: to be asked for again. */
  readonly old?: true;
}

/** The ids of the groups that a text mentions. */
export function groupsIn(text: string): string[] {
  return text.includes('<!group:') ? [...text.matchAll(MENTION)].map(([, id]) => id!) : [];
}

/** Groups by id, fetched when first shown: their names, and whether one is among their people. Keeps the 500 last used. */
export class Groups {
  readonly events = new Emitter<{ change: undefined }>();
  readonly #rest: MillraceRest;
  readonly #me: string;
  readonly #known = new Map<string, Known>();
  readonly #asking = new Asking((groupId) => this.#fetch(groupId));

  constructor(rest: MillraceRest, me: string) {
    this.#rest = rest;
    this.#me = me;
  }

  /** The name, or for now the id; `change` fires once more is known. */
  name(groupId: string): string {
    return this.#use(groupId)?.name ?? groupId;
  }

  /** Whether one is in it, as far as is known by now. */
  mine(groupId: string): boolean {
    return this.#use(groupId)?.mine === true;
  }

  /** Whether a text mentions a group that one is in. */
  callMe(text: string): boolean {
    return groupsIn(text).some((id) => this.mine(id));
  }

  /** Those whose name begins so, by name. */
  beginningWith(prefix: string): { readonly group_id: string; readonly name: string }[] {
    const wanted = prefix.toLocaleLowerCase();
    return [...this.#known]
      .filter(([id, { name, gone }]) => !gone && [id, name].some((one) => one.toLocaleLowerCase().startsWith(wanted)))
      .map(([group_id, { name }]) => ({ group_id, name }))
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  /** What is worth keeping, by id, so that its order says nothing. */
  known(): KeptGroup[] {
    return [...this.#known]
      .filter(([, { gone }]) => !gone)
      .map(([group_id, { name, mine }]) => ({ group_id, name, mine }))
      .sort((a, b) => (a.group_id < b.group_id ? -1 : 1));
  }

  restore(groups: readonly KeptGroup[]): void {
    for (const { group_id, name, mine } of groups) this.#keep(group_id, { name, mine, old: true });
  }

  /** Learns the names of the first 200 groups. */
  async meet(): Promise<void> {
    try {
      this.learnNames((await this.#rest.groups({ limit: 200 })).groups);
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      // Then each is asked for when first shown, and none is offered before.
      console.debug(`groups: ${error.message}`);
    }
  }

  learnNames(groups: readonly Group[]): void {
    for (const { group_id, name } of groups) {
      const { mine, old } = this.#known.get(group_id) ?? {};
      this.#keep(group_id, { name, mine, ...(old ? { old } : {}) });
    }
  }

  learn({ group_id, name, members }: GroupWithMembers): void {
    this.#keep(group_id, { name, mine: members.includes(this.#me) });
  }

  forget(groupId: string): void {
    if (this.#known.delete(groupId)) this.events.emit('change', undefined);
  }

  #use(groupId: string): Known | undefined {
    const known = this.#known.get(groupId);
    if (known?.mine === undefined || known.old) this.#asking.for(groupId);
    if (known) {
      this.#known.delete(groupId);
      this.#known.set(groupId, known);
    }
    return known;
  }

  #keep(groupId: string, now: Known): void {
    const before = this.#known.get(groupId);
    this.#known.set(groupId, now);
    if (this.#known.size > MAX_KNOWN) this.#known.delete(this.#known.keys().next().value!);
    if (before?.name !== now.name || before.mine !== now.mine) this.events.emit('change', undefined);
  }

  async #fetch(groupId: string): Promise<void> {
    try {
      this.learn(await this.#rest.group(groupId));
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      // One that is gone keeps its id as a name; others are asked for again at their next showing.
      if (error.code === 'not_found') this.#keep(groupId, { name: groupId, mine: false, gone: true });
    }
  }
}
