/**
 * The name under which a topology keeps offsets and states. Each generation of its states has one of its own, so that a new
 * one can be made beside the one that runs.
 */
export function scopeOf(topology: string, generation: number): string {
  return generation === 1 ? topology : `${topology}~${generation}`;
}

/** The pseudo consumer whose offset in a partition is the deployment that runs there. */
export function deploymentMark(topology: string): string {
  return `${topology}/@deployment`;
}
