import { createHash } from 'node:crypto';
import type { TopologyPlan } from '../topology/plan.ts';

/** Of all that makes a topology do what it does: what it says, and the code of processors where it is known. */
export function digestOf(canonical: string, plan: TopologyPlan): string {
  const code = plan.nodes.flatMap((node) =>
    node.kind === 'processor' ? [[node.name, node.processor.stateVersion ?? 1, node.processor.code ?? '']] : [],
  );
  return hash([canonical, code]);
}

/**
 * Of what the rows of a topology's states mean: a version with another signature can't go on with them. A node that is new
 * or gone changes nothing for the others.
 */
export function signatureOf(plan: TopologyPlan): string {
  return JSON.stringify(
    plan.nodes.flatMap((node) => {
      if (node.kind === 'table') return [[node.id, node.topic, node.schema]];
      if (node.kind !== 'processor' || !node.state) return [];
      const { id, name, options, processor, state } = node;
      return [[id, name, options, processor.stateVersion ?? 1, 'folds' in state ? state.folds : state.changelog]];
    }),
  );
}

/** Whether the states that one signature tells of can be gone on with under the other. */
export function statesFit(before: string, now: string): boolean {
  const kept = new Map(
    (JSON.parse(before) as [string, ...unknown[]][]).map(([id, ...rest]) => [id, JSON.stringify(rest)]),
  );
  return (JSON.parse(now) as [string, ...unknown[]][]).every(([id, ...rest]) => {
    const known = kept.get(id);
    return known === undefined || known === JSON.stringify(rest);
  });
}

export function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
