import { setTimeout as sleep } from 'node:timers/promises';
import type { Topologies } from './topologies.ts';

export type DeployProgress =
  | { step: 'take-over'; topology: string; partitions: number; of: number; failing: string | null }
  | { step: 'done'; number: number };

const look_ms = 100;

/** Tells how far each topology of a deployment has gone over, whenever that changes; ends once all have. */
export async function* followDeployment(
  { deployments, runner }: Pick<Topologies, 'deployments' | 'runner'>,
  number: number,
  signal: AbortSignal,
): AsyncGenerator<DeployProgress> {
  const wanted = new Map(deployments.get(number)?.topologies.map(({ topology, since }) => [topology, since]));
  const told = new Map<string, string>();
  while (!signal.aborted) {
    let open = 0;
    for (const [topology, since] of wanted) {
      const partitions = runner.partitions().filter((partition) => partition.topology === topology);
      const there = partitions.filter(({ deployment, state }) => deployment === since && state !== 'taking-over');
      const failing = partitions.find(({ state }) => state === 'restarting')?.error ?? null;
      if (there.length < partitions.length || partitions.length === 0) open++;
      const text = `${there.length}/${failing}`;
      if (since !== number || partitions.length === 0 || told.get(topology) === text) continue;
      told.set(topology, text);
      yield { step: 'take-over', topology, partitions: there.length, of: partitions.length, failing };
    }
    if (open === 0) return yield { step: 'done', number };
    await sleep(look_ms);
  }
}
