import type { Log } from '../../platform/log/port.ts';
import type { Units } from '../../platform/units/port.ts';
import type { StateChange } from '../../schemas/generated/types.ts';
import type { Input } from '../processor.ts';
import type { ProcessorPlan, TopologyPlan } from '../topology/plan.ts';
import type { Intake } from './intake.ts';
import type { StateView } from './state-view.ts';
import { WorkUnit } from './work-unit.ts';

/** Row of the runtime's own: the next offset of the folded topic, and the highest origin folded, plus one. */
export interface FoldPosition {
  next: number;
  origin: number;
}

const pageSize = 1000;

/** States first; then where each intake goes on. */
export async function restoreStates(
  plan: TopologyPlan,
  intakes: Intake[],
  views: Map<string, StateView>,
  where: { partition: number; generation: number; positions: ReadonlyMap<string, number> | undefined },
  ports: { log: Log; units: Units },
  signal: AbortSignal,
): Promise<Map<string, number>> {
  const { partition, generation, positions } = where;
  const starts = new Map<string, number>();
  for (const { id, kind, topic, partition: at, consumer } of intakes) {
    const { start } = await ports.log.bounds(topic, at);
    const table = kind === 'table' ? (views.get(id)!.own('fold') as FoldPosition | undefined)?.next : undefined;
    const kept = table ?? (consumer === undefined ? positions?.get(id) : await ports.units.offset(consumer, at));
    // What retention removed before it was read is gone for this consumer; the rest is not.
    starts.set(id, Math.max(kept ?? start, start));
  }
  const sources = intakes.filter((intake) => intake.kind === 'source');
  for (const node of plan.nodes) {
    if (node.kind !== 'processor' || !node.state) continue;
    const { state } = node;
    const view = views.get(node.id)!;
    let origin = 0;
    if ('changelog' in state) {
      origin = await restoreChangelog(state.changelog, view, partition, generation, ports, signal);
    } else if (!sources.some(({ topic }) => topic === state.folds)) {
      origin = await restoreFold({ ...node, state }, view, partition, ports, signal);
    }
    // With one source, what the state has seen of it tells where it goes on; a commit may have stopped half way.
    const [only, ...more] = sources;
    if (only?.consumer !== undefined && more.length === 0 && origin > starts.get(only.id)!) {
      starts.set(only.id, origin);
      const offsets = [{ consumer: only.consumer, partition: only.partition, offset: origin }];
      await ports.units.commit({ rows: [], appends: [], state: [], offsets, folds: [] });
    }
  }
  return starts;
}

/**
 * Brings a state that folds a topic up to the topic's end: what is kept is a snapshot, named by an offset of the topic;
 * the tail is folded onto it. Returns where the node's input goes on at the earliest: after the highest offset from which
 * a folded event came, so that no command is decided twice.
 */
export async function restoreFold(
  node: ProcessorPlan & { state: { folds: string } },
  view: StateView,
  partition: number,
  ports: { log: Log; units: Units },
  signal: AbortSignal,
): Promise<number> {
  const topic = node.state.folds;
  const kept = (view.own('fold') as FoldPosition | undefined) ?? { next: 0, origin: 0 };
  const { start, end } = await ports.log.bounds(topic, partition);
  let { next, origin } = kept;
  if (next >= end) return origin;
  const reader = ports.log.reader(topic, partition, Math.max(next, start));
  const folds = node.processor.folds!;
  while (next < end && !signal.aborted) {
    const records = await reader.next(Math.min(pageSize, end - next));
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
  reader.close();
  return origin;
}

/** Brings a state up to the end of its changelog; and returns where the node's input goes on. */
export async function restoreChangelog(
  topic: string,
  view: StateView,
  partition: number,
  generation: number,
  ports: { log: Log; units: Units },
  signal: AbortSignal,
): Promise<number> {
  const kept = (view.own('fold') as FoldPosition | undefined) ?? { next: 0, origin: 0 };
  const { start, end } = await ports.log.bounds(topic, partition);
  let next = Math.max(kept.next, start);
  let { origin } = kept;
  if (next >= end) return origin;
  const reader = ports.log.reader(topic, partition, next);
  // Changes of a unit whose last one has not come yet; a unit is a batch, which bounds them.
  let open: StateChange[] = [];
  let openFrom = next;
  while (next < end && !signal.aborted) {
    const records = await reader.next(Math.min(pageSize, end - next));
    const unit = new WorkUnit(0);
    view.begin(unit);
    for (const record of records) {
      next = record.offset + 1;
      const change = record.decoded().value as StateChange;
      if (change.generation !== generation) continue;
      if (open.length === 0) openFrom = record.offset;
      open.push(change);
      if (change.origin === null) continue;
      for (const complete of open) view.replay(complete);
      origin = Math.max(origin, change.origin);
      open = [];
    }
    view.setOwn('fold', { next: open.length > 0 ? openFrom : next, origin } satisfies FoldPosition);
    await ports.units.commit({ rows: [], appends: [], state: unit.state, offsets: [], folds: [] });
    view.settle(unit);
  }
  reader.close();
  return origin;
}
