import { setTimeout as sleep } from 'node:timers/promises';
import type { Topologies } from './topologies.ts';

export type DeployProgress =
  | { step: 'take-over'; topology: string; partitions: number; of: number; failing: string | null }
  | { step: 'done'; number: number };

const look_ms = 100;

/** Tells how far each topology of a deployment has gone over, whoever runs it, whenever that changes; ends once all have. */
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
      const tasks = runner.tasks(topology);
      // Numbers only rise: one that is further has gone over to this deployment, too.
      const there = tasks.filter(({ deployment }) => deployment >= since);
      const failing = tasks.find(({ state }) => state === 'restarting')?.error ?? null;
      if (there.length < tasks.length || tasks.length === 0) open++;
      const text = `${there.length}/${failing}`;
      if (since !== number || tasks.length === 0 || told.get(topology) === text) continue;
      told.set(topology, text);
      yield { step: 'take-over', topology, partitions: there.length, of: tasks.length, failing };
    }
    if (open === 0) return yield { step: 'done', number };
    await sleep(look_ms);
  }
}
