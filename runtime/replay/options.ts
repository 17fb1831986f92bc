import { type Static, Type } from '@sinclair/typebox';
import { MillraceError } from '../../platform/errors/error.ts';
import type { SourcePlan, TopologyPlan } from '../topology/plan.ts';

/** What a replay is asked for. */
export const ReplayOptions = Type.Object(
  {
    from: Type.Union(
      [
        Type.Object({ kind: Type.Literal('store') }, { description: 'All there is: the store, then the log.' }),
        Type.Object({ kind: Type.Literal('start') }, { description: 'The first record that the log keeps.' }),
        Type.Object({ kind: Type.Literal('offset'), offset: Type.Integer({ minimum: 0 }) }),
        Type.Object({ kind: Type.Literal('time'), time: Type.Integer({ minimum: 0 }) }),
      ],
      { description: 'Where it begins.' },
    ),
    partitions: Type.Optional(Type.Array(Type.Integer({ minimum: 0 }), { minItems: 1 })),
    /** Only records with these keys. */
    keys: Type.Optional(Type.Array(Type.String(), { minItems: 1, maxItems: 1000 })),
    /** Records a second; 0: as fast as it goes. */
    rate: Type.Integer({ minimum: 0 }),
    /** Also topics are written to that are no search index or store: their readers see these records again. */
    sinks: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
  },
  { additionalProperties: false },
);
export type ReplayOptions = Static<typeof ReplayOptions>;

/** Whether a replay leaves nothing out, so that a new search index can be made by it. */
export function isWhole({ from, partitions, keys }: ReplayOptions): boolean {
  return from.kind === 'store' && partitions === undefined && keys === undefined;
}

/**
 * The part of a topology that a replay runs: its one source, its steps, and the sinks that may be written again. Errors:
 * `conflict` for a topology that can't be replayed, with the reason and the way out.
 */
export function replayablePlan(
  plan: TopologyPlan,
  sinks: string[] | undefined,
): { plan: TopologyPlan; source: SourcePlan } {
  const refuse = (why: string): never => {
    throw new MillraceError('conflict', `${plan.name} can not be replayed: ${why}`);
  };
  const sources = plan.nodes.filter((node): node is SourcePlan => node.kind === 'source' && !node.broadcast);
  const [source] = sources;
  if (!source || sources.length > 1) refuse(`it has ${sources.length} sources, which have no one order`);
  for (const node of plan.nodes) {
    if (node.kind === 'processor' && node.processor.folds?.origin)
      refuse(`"${node.id}" numbers events, and would number them anew`);
    if (node.kind === 'table' || (node.kind === 'processor' && node.state))
      refuse(`"${node.id}" keeps state; deploy it with another state version, and the state is made by replay`);
  }
  const known = plan.nodes.flatMap((node) => (node.kind === 'sink' ? [node] : []));
  const unknown = sinks?.find((id) => !known.some((node) => node.id === id));
  if (unknown) refuse(`it has no sink "${unknown}"; it has ${known.map(({ id }) => id).join(', ')}`);
  const chosen = known.filter((node) => (sinks ? sinks.includes(node.id) : node.target.kind !== 'topic'));
  if (chosen.length === 0)
    refuse('its sinks are topics, whose readers would see all records again; name those that you mean with --sink');
  const dropped = new Set(known.filter((node) => !chosen.includes(node)));
  return {
    plan: { ...plan, nodes: plan.nodes.filter((node) => !(node.kind === 'sink' && dropped.has(node))) },
    source: source!,
  };
}
