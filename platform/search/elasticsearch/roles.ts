import type { estypes } from '@elastic/elasticsearch';
import { MillraceError } from '../../errors/error.ts';
import { type Engine, isGone } from './engine.ts';
import { type Names, type Role, roles } from './names.ts';

/** The generation in each role, as the cluster has it at this moment: other processes change it too. */
export interface Roles {
  serving: string;
  previous: string | null;
  building: string | null;
}

type Assigned = { [role in Role]: string | null };

/** Null where nothing serves. */
export async function readRoles(engine: Engine, names: Names, signal?: AbortSignal): Promise<Roles | null> {
  const found = await engine.ask(
    (client, sending) =>
      // Where some of the aliases are missing the engine says 404 and gives the others.
      client.indices.getAlias({ name: roles.map((role) => names.role(role)) }, { ...sending, ignore: [404] }),
    signal,
  );
  const assigned: Assigned = { serving: null, previous: null, building: null };
  for (const [index, { aliases }] of Object.entries(found)) {
    const id = names.idOf(index);
    if (id === undefined) continue;
    for (const role of roles) {
      // Two that build at once can both have the role: the later one counts, the next change sweeps up the other.
      if (aliases?.[names.role(role)] && Number(id) > Number(assigned[role] ?? -1)) assigned[role] = id;
    }
  }
  const { serving, ...others } = assigned;
  return serving === null ? null : { serving, ...others };
}

/** The serving alias was taken away from outside: which index to search is not ours to guess. */
export function nothingServes(alias: string): MillraceError {
  return new MillraceError(
    'unavailable',
    `search: no index has the alias ${alias}; give it back to the one that served`,
  );
}

export function idsOf({ serving, previous, building }: Roles): string[] {
  return [serving, previous, building].filter((id) => id !== null);
}

/** One step of a change of roles. */
export type Step = { give: Role; to: string } | { take: Role; from: string } | { drop: string };

/**
 * Changes roles, all at once: a search sees the state before or after. Dropping an index takes its roles with it. Error:
 * `conflict` where a role to be taken is no longer there, because another process was quicker.
 */
export async function changeRoles(engine: Engine, names: Names, steps: Step[]): Promise<void> {
  const actions = steps.map((step): estypes.IndicesUpdateAliasesAction => {
    if ('drop' in step) return { remove_index: { index: names.index(step.drop) } };
    if ('give' in step) return { add: { index: names.index(step.to), alias: names.role(step.give) } };
    return { remove: { index: names.index(step.from), alias: names.role(step.take), must_exist: true } };
  });
  try {
    await engine.ask((client, sending) => client.indices.updateAliases({ actions }, sending));
  } catch (error) {
    if (isGone(error))
      throw new MillraceError('conflict', 'generation: another process has changed generations; look again', {
        cause: error,
      });
    throw error;
  }
}
