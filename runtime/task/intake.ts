import type { Log } from '../../platform/log/port.ts';
import type { SourcePlan, TablePlan, TopologyPlan } from '../topology/plan.ts';

/** The topic by which dead letters come back; optional in topics.yaml. */
export const redriveTopic = 'redrives';

/** Something that a task reads. */
export interface Intake {
  kind: 'source' | 'table' | 'redrives';
  /** The node's id; `redrives` for those. */
  id: string;
  node: SourcePlan | TablePlan | undefined;
  topic: string;
  partition: number;
  /** Under this its offset is kept; undefined: it is not, for the topic is read anew by each process or task. */
  consumer: string | undefined;
  batch: { size: number; within_ms: number };
  in_flight: number;
  /** Reads records that are not on disk yet, where the log can (`ReadOptions.ahead`). */
  ahead: boolean;
  /** Nodes that get records from it, itself included: what an operator holds of these holds it. */
  leadsTo: ReadonlySet<string>;
}

const eager = { size: 500, within_ms: 0 };

/** What one partition of a topology reads, tables first. */
export function intakesOf(plan: TopologyPlan, partition: number, scope: string, log: Log): Intake[] {
  const intakes: Intake[] = [];
  const ahead = mayReadAhead(plan, log);
  for (const node of plan.nodes) {
    if (node.kind !== 'source' && node.kind !== 'table') continue;
    const { topic, broadcast } = node;
    const kept = node.kind === 'source' && !broadcast && !log.isVolatile(topic);
    intakes.push({
      kind: node.kind,
      id: node.id,
      node,
      topic,
      partition: broadcast ? 0 : partition,
      consumer: kept ? `${scope}/${node.id}` : undefined,
      batch: node.kind === 'source' ? node.batch : eager,
      in_flight: node.kind === 'source' ? node.in_flight : 1,
      ahead: ahead && kept,
      leadsTo: downstreamOf(plan, node.id),
    });
  }
  const redrives = log.topic(redriveTopic);
  if (redrives && partition < redrives.partitions) {
    const all = new Set(plan.nodes.map((node) => node.id));
    // Of the topology, not of a generation of its states: a letter that went back went back.
    const consumer = `${plan.name}/${redriveTopic}`;
    const shared = { id: redriveTopic, node: undefined, partition, consumer, batch: eager, in_flight: 1, ahead: false };
    intakes.push({ kind: 'redrives', topic: redriveTopic, leadsTo: all, ...shared });
  }
  return intakes.sort((a, b) => Number(b.kind === 'table') - Number(a.kind === 'table'));
}

/**
 * Where all that follows from a record goes into units of work, and some of it onto the disk. What only passes records on to
 * volatile topics would wait for a commit of its own behind theirs.
 */
export function mayReadAhead(plan: TopologyPlan, log: Log): boolean {
  const targets = plan.nodes.flatMap((node) => (node.kind === 'sink' ? [node.target] : []));
  return (
    targets.every(({ kind }) => kind === 'store' || kind === 'topic') &&
    targets.some(
      (target) =>
        target.kind === 'store' || (target.kind === 'topic' && !target.family && !log.isVolatile(target.topic)),
    )
  );
}

function downstreamOf(plan: TopologyPlan, id: string): Set<string> {
  const reached = new Set([id]);
  // Nodes stand after all that they take from.
  for (const node of plan.nodes) {
    if ('from' in node && node.from.some((edge) => reached.has(edge.node))) reached.add(node.id);
    if (node.kind === 'processor' && node.joins.some(({ table }) => reached.has(table))) reached.add(node.id);
  }
  return reached;
}
