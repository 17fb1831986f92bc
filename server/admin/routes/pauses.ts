import { MillraceError } from '../../../platform/errors/error.ts';
import type { AdminContext, AdminRoute } from '../route.ts';

export const pauseRoutes: AdminRoute[] = [
  {
    method: 'POST',
    path: '/pause',
    doc: 'Holds a topology, or one node of it: what leads there waits in its topics.',
    run: (context, { body }) => hold(context, body, true),
  },
  {
    method: 'POST',
    path: '/resume',
    doc: 'Lets it go on.',
    run: (context, { body }) => hold(context, body, false),
  },
];

async function hold({ topologies }: AdminContext, body: unknown, paused: boolean): Promise<unknown> {
  const { topology, node = '' } = (body ?? {}) as { topology?: unknown; node?: unknown };
  const version = typeof topology === 'string' ? topologies.deployments.wanted(topology) : undefined;
  if (typeof topology !== 'string' || !version)
    throw new MillraceError('not_found', `there is no topology "${topology}"`);
  if (typeof node !== 'string' || (node !== '' && !version.plan.nodes.some(({ id }) => id === node))) {
    const known = version.plan.nodes.map(({ id }) => id).join(', ');
    throw new MillraceError('not_found', `${topology} has no node "${node}"; it has ${known}`);
  }
  await topologies.control.put({ Pause: { topology, node, paused, at: Date.now() } });
  // What was held by another name stays so: a topology whose node is held does not go on there.
  const held = topologies.deployments.pauses(topology).nodes.filter((name) => (name ?? '') !== node);
  const still_held = held.map((name) => (name === undefined ? topology : `${topology}/${name}`));
  return { topology, node: node || null, paused, still_held };
}
