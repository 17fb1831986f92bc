import { murmur2 } from '../../platform/keys.ts';

export interface Assigned {
  owner: string;
  /** Who would run it next; undefined where there is no one else. */
  next: string | undefined;
}

/**
 * Gives each partition of a topology to a worker: the one that scores highest for it (rendezvous hashing, Thaler and
 * Ravishankar 1998), unless that one has its even share already. So all who know the same workers come to the same, shares
 * differ by one at most, and a worker that comes or goes moves little else.
 */
export function assign(topology: string, partitions: number, workers: readonly string[]): Assigned[] {
  if (workers.length === 0) return [];
  const floor = Math.floor(partitions / workers.length);
  let ceilings = partitions % workers.length;
  const load = new Map(workers.map((worker) => [worker, 0]));
  return Array.from({ length: partitions }, (_, partition) => {
    const ranked = workers
      .map((worker) => ({ worker, score: murmur2(Buffer.from(`${worker}/${topology}/${partition}`)) >>> 0 }))
      .sort((a, b) => b.score - a.score || (a.worker < b.worker ? -1 : 1));
    const owner = ranked.find(({ worker }) => {
      const has = load.get(worker)!;
      return has < floor || (has === floor && ceilings > 0);
    })!.worker;
    if (load.get(owner) === floor) ceilings--;
    load.set(owner, load.get(owner)! + 1);
    return { owner, next: ranked.find(({ worker }) => worker !== owner)?.worker };
  });
}
