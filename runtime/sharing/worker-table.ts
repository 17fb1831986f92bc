import { type LeaseClock, tick, unwound } from '../../platform/leases/lease-clock.ts';
import type { WorkerNote } from '../../schemas/generated/types.ts';

/** How often a worker says that it lives, in milliseconds. */
export const renewal_ms = 1000;
/** A worker that has said nothing for this long is taken for dead, by the clock of its topic. */
export const lease_ms = 6000;
/** So long after its death an earlier life of a worker is still known as one. */
const forget_ms = 600_000;

interface Known extends WorkerNote {
  ends: number;
}

/** Who lives, as every reader of the workers' topic makes it of the same records. */
export class WorkerTable {
  private readonly known = new Map<string, Known>();
  private clock: LeaseClock = unwound;

  take(note: WorkerNote, time: number): void {
    this.clock = tick(this.clock, time, 2 * renewal_ms);
    for (const [worker, { ends }] of this.known) if (ends < this.clock.now - forget_ms) this.known.delete(worker);
    if ((this.known.get(note.worker)?.life ?? 0) > note.life) return;
    if (note.leaves) this.known.delete(note.worker);
    else this.known.set(note.worker, { ...note, ends: this.clock.now + lease_ms });
  }

  isAlive(worker: string): boolean {
    const known = this.known.get(worker);
    return known !== undefined && known.ends >= this.clock.now;
  }

  /** By name. */
  alive(): WorkerNote[] {
    return [...this.known.values()]
      .filter(({ ends }) => ends >= this.clock.now)
      .sort((a, b) => (a.worker < b.worker ? -1 : 1));
  }
}
