import type { Append, Log } from '../../platform/log/port.ts';
import { controlRecord, controlTopic } from '../../runtime/deployment/control-log.ts';
import type { Deployments } from '../../runtime/deployment/deployments.ts';

/**
 * Writes what is deployed, and what is held, into another generation of the log. In one append: from a part of it a process
 * could start with an older deployment.
 */
export async function copyControl(from: Deployments, to: Log): Promise<void> {
  await to.declare([controlTopic]);
  const { topologies, number } = from.current!;
  const pauses = topologies.flatMap(({ topology }) =>
    from.pauses(topology).nodes.map((node = '') => ({ topology, node, paused: true, at: Date.now() })),
  );
  // Those too in which a topology became what it still is.
  const needed = new Set([number, ...topologies.map(({ since }) => since)]);
  const deployments = [...needed].sort((a, b) => a - b).flatMap((one) => from.get(one) ?? []);
  const records: Append[] = [
    ...pauses.map((Pause) => controlRecord({ Pause })),
    ...deployments.map((Deployment) => controlRecord({ Deployment })),
  ];
  await to.append(records);
}
