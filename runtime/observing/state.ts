/** What tells how a topology is. */
export interface Held {
  topology: string;
  /** `topology` itself, or nodes of it. */
  paused: string[];
  tasks: { state: string }[];
}

export interface State {
  text: string;
  tone: 'good' | 'held' | 'bad';
}

/** How a topology is, in a word; never by colour alone. */
export function stateOf({ topology, paused, tasks }: Held): State {
  const off = tasks.filter(({ state }) => state !== 'running');
  if (off.length > 0 && off.every(({ state }) => state === 'taking-over'))
    return { text: `a new version takes over (${off.length} of ${tasks.length} to go)`, tone: 'held' };
  if (off.length > 0) return { text: `${off.length} of ${tasks.length} partitions ${off[0]!.state}`, tone: 'bad' };
  if (paused.includes(topology)) return { text: 'paused', tone: 'held' };
  return paused.length > 0 ? { text: `paused: ${paused.join(', ')}`, tone: 'held' } : { text: 'running', tone: 'good' };
}

export function overall(topologies: Held[]): State {
  const states = topologies.map(stateOf);
  const bad = states.filter(({ tone }) => tone === 'bad').length;
  const held = states.filter(({ tone }) => tone === 'held').length;
  if (bad > 0) return { text: `${bad} of ${states.length} topologies in trouble`, tone: 'bad' };
  return held > 0
    ? { text: `${held} of ${states.length} topologies held`, tone: 'held' }
    : { text: 'all running', tone: 'good' };
}
