import type { Log } from '../../platform/log/port.ts';
import type { Version } from '../deployment/deployments.ts';
import type { Moves } from '../processor.ts';
import { followed } from '../snapshots/followed.ts';

/** A state whose rows move. */
export interface MovingState {
  node: string;
  moves: Moves;
}

/**
 * The states of a version that move, and why others can't. What is made of volatile topics alone is made anew: it is worth no
 * more than they are.
 */
export function movingStates(
  { topology, plan }: Version,
  log: Pick<Log, 'topic'>,
): { states: MovingState[]; problems: string[] } {
  const isVolatile = (topic: string): boolean => log.topic(topic)?.volatile === true;
  const states: MovingState[] = [];
  const problems: string[] = [];
  const movable = new Set(followed(plan).map(({ id }) => id));
  for (const node of plan.nodes) {
    const name = `node ${node.id} of topology ${topology}`;
    if (node.kind === 'table' && !isVolatile(node.topic))
      problems.push(`${name} is a table of ${node.topic}, whose records stay in the old topic`);
    if (node.kind !== 'processor' || !node.state) continue;
    const topic = 'folds' in node.state ? node.state.folds : node.state.changelog;
    if (isVolatile(topic)) continue;
    if (!movable.has(node.id)) problems.push(`${name} folds its source ${topic}, whose records stay in the old topic`);
    else if (!node.processor.moves)
      problems.push(`${name} keeps a state, and its processor ${node.name} does not say how the rows move (\`moves\`)`);
    else states.push({ node: node.id, moves: node.processor.moves });
  }
  return { states, problems };
}
