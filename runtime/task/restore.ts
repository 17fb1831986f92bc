import { MillraceError } from '../../platform/errors/error.ts';
import type { Log } from '../../platform/log/port.ts';
import type { Units } from '../../platform/units/port.ts';
import type { Input } from '../processor.ts';
import { scopeOf } from '../scope.ts';
import type { SnapshotPlace, Snapshots } from '../snapshots/snapshots.ts';
import type { ProcessorPlan, TopologyPlan } from '../topology/plan.ts';
import type { FoldPosition } from './fold-position.ts';
import type { Intake } from './intake.ts';
import { restoreChangelog } from './restore-changelog.ts';
import type { StateView } from './state-view.ts';
import { WorkUnit } from './work-unit.ts';

/** Records of one commit: each waits for the disk. */
const pageSize = 5000;
const patience_ms = 2000;
/** Folding so many records takes longer than reading a snapshot. */
const worthLoading_records = 20_000;

/** States first; then where each intake goes on. */
export async function restoreStates(
  plan: TopologyPlan,
  intakes: Intake[],
  views: Map<string, StateView>,
  where: {
    partition: number;
    generation: number;
    positions: ReadonlyMap<string, number> | undefined;
    /** Only keeps states up: those too that a task makes as its input passes, and no offset is committed. */
    standby: boolean;
    /** A new version's states, made beside the old ones of what the log keeps, as `plan` says. */
    isNew: boolean;
  },
  ports: { log: Log; units: Units; snapshots?: Snapshots },
  signal: AbortSignal,
): Promise<Map<string, number>> {
  const { partition, generation, positions, standby, isNew } = where;
  // Where a standby would read is nothing to anybody.
  const starts = standby ? new Map<string, number>() : await startsOf(plan, intakes, views, positions, ports);
  const sources = intakes.filter((intake) => intake.kind === 'source');
  for (const node of plan.nodes) {
    if (node.kind !== 'processor' || !node.state) continue;
    const { state } = node;
    const view = views.get(node.id)!;
    const isFollowed = standby || !sources.some(({ topic }) => 'folds' in state && topic === state.folds);
    if (isFollowed && ports.snapshots) {
      const place = { name: `${scopeOf(plan.name, generation)}/${node.id}`, partition };
      await fromSnapshot(
        ports.snapshots,
        'folds' in state ? state.folds : state.changelog,
        view,
        place,
        ports.log,
        signal,
      );
    }
    let origin = 0;
    if ('changelog' in state) {
      const place = { topic: state.changelog, partition, generation, ordered: sources.length === 1 };
      origin = await restoreChangelog(place, view, ports, signal);
    } else if (isFollowed) {
      origin = await restoreFold({ ...node, state }, view, { partition, isNew }, ports, signal);
    }
    // With one source, what the state has seen of it tells where it goes on; a commit may have stopped half way.
    const [only, ...more] = sources;
    if (!standby && only?.consumer !== undefined && more.length === 0 && origin > starts.get(only.id)!) {
      starts.set(only.id, origin);
      const offsets = [{ consumer: only.consumer, partition: only.partition, offset: origin }];
      await ports.units.commit({ rows: [], appends: [], state: [], offsets, folds: [] });
    }
  }
  return starts;
}

/** Where each intake goes on; what retention removed before it was read is gone for this consumer. */
async function startsOf(
  plan: TopologyPlan,
  intakes: Intake[],
  views: Map<string, StateView>,
  positions: ReadonlyMap<string, number> | undefined,
  { log, units }: { log: Log; units: Units },
): Promise<Map<string, number>> {
  // At once: the log asks its brokers about all of them together.
  const starts = intakes.map(async ({ id, kind, topic, partition, consumer }): Promise<[string, number]> => {
    const { start } = await log.bounds(topic, partition);
    // What a state here was made of goes on from where that has come, whatever the partition's last holder told.
    const made = kind === 'table' ? views.get(id)! : viewThatFolds(plan, kind, topic, views);
    const kept = made
      ? (made.own('fold') as FoldPosition | undefined)?.next
      : consumer === undefined
        ? positions?.get(id)
        : await units.offset(consumer, partition);
    return [id, Math.max(kept ?? start, start)];
  });
  return new Map(await Promise.all(starts));
}

/** The state that is made of a source as its records pass. */
function viewThatFolds(
  plan: TopologyPlan,
  kind: Intake['kind'],
  topic: string,
  views: Map<string, StateView>,
): StateView | undefined {
  if (kind !== 'source') return undefined;
  const node = plan.nodes.find(
    (other) => other.kind === 'processor' && other.state && 'folds' in other.state && other.state.folds === topic,
  );
  return node && views.get(node.id);
}

/** Takes the newest snapshot where what is here lies far behind it, or before what the log still keeps. */
async function fromSnapshot(
  snapshots: Snapshots,
  topic: string,
  view: StateView,
  place: SnapshotPlace,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  // Nothing is here: even a snapshot from before the topic's first record has more. A repartition makes such ones.
  const at = (view.own('fold') as FoldPosition | undefined)?.next ?? -1;
  const newest = await snapshots.newest(place);
  if (newest === undefined || newest <= at) return;
  const { start } = await log.bounds(topic, place.partition);
  if (at >= start && newest - at < worthLoading_records) return;
  await snapshots.load(view.state, place, signal);
  view.reload();
}

/**
 * Brings a state that folds a topic up to the topic's end: what is kept is a snapshot, named by an offset of the topic;
 * the tail is folded onto it. Returns where the node's input goes on at the earliest: after the highest offset from which
 * a folded event came, so that no command is decided twice.
 */
async function restoreFold(
  node: ProcessorPlan & { state: { folds: string } },
  view: StateView,
  { partition, isNew }: { partition: number; isNew: boolean },
  ports: { log: Log; units: Units },
  signal: AbortSignal,
): Promise<number> {
  const topic = node.state.folds;
  const kept = (view.own('fold') as FoldPosition | undefined) ?? { next: 0, origin: 0 };
  const { start, end } = await ports.log.bounds(topic, partition);
  // Each row of a compacted topic stands for all before it; of another one, what is gone is missing.
  if (kept.next < start && !isNew && !ports.log.topic(topic)?.compact)
    throw new MillraceError(
      'conflict',
      `the state of ${node.id} needs ${topic}/${partition} from offset ${kept.next} on, of which retention has left ${start}, and no snapshot has the rest: see docs/runbooks/restore.md`,
    );
  let { origin } = kept;
  let next = Math.max(kept.next, start);
  if (next >= end) return origin;
  const reader = ports.log.reader(topic, partition, next);
  const folds = node.processor.folds!;
  const wait_ms = ports.log.topic(topic)?.compact ? patience_ms : undefined;
  try {
    while (next < end && !signal.aborted) {
      const records = await reader.next(Math.min(pageSize, end - next), wait_ms);
      // What lay there was compacted away, or comes later by the source itself.
      if (records.length === 0) break;
      const unit = new WorkUnit(0);
      view.begin(unit);
      for (const record of records) {
        next = record.offset + 1;
        const { schema, value } = record.decoded();
        if (schema !== folds.schema) continue;
        const input = {
          schema,
          value,
          key: record.key,
          time: record.time,
          offset: record.offset,
          partition,
        } as Input;
        view.at(folds.time?.(input) ?? record.time);
        folds.fold(view, input);
        origin = Math.max(origin, (folds.origin?.(input) ?? -1) + 1);
      }
      view.setOwn('fold', { next, origin } satisfies FoldPosition);
      await ports.units.commit({ rows: [], appends: [], state: unit.state, offsets: [], folds: [] });
      view.settle(unit);
    }
  } finally {
    reader.close();
  }
  return origin;
}
