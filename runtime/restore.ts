import type { Log } from '../platform/log/port.ts';
import type { Units } from '../platform/units/port.ts';
import type { StateChange } from '../schemas/generated/types.ts';
import type { Input } from './processor.ts';
import type { StateView } from './state-view.ts';
import type { ProcessorPlan } from './topology/plan.ts';
import { WorkUnit } from './work-unit.ts';

/** Row of the runtime's own: the next offset of the folded topic, and the highest origin folded, plus one. */
export interface FoldPosition {
  next: number;
  origin: number;
}

const pageSize = 1000;

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
      const input = {
        ...record.decoded(),
        key: record.key,
        time: record.time,
        offset: record.offset,
        partition,
      } as Input;
      view.at(folds.time?.(input) ?? record.time);
      folds.fold(view, input);
      origin = Math.max(origin, (folds.origin?.(input) ?? -1) + 1);
      next = record.offset + 1;
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
  while (next < end && !signal.aborted) {
    const records = await reader.next(Math.min(pageSize, end - next));
    const unit = new WorkUnit(0);
    view.begin(unit);
    for (const record of records) {
      const change = record.decoded().value as StateChange;
      open.push(change);
      next = record.offset + 1;
      if (change.origin === null) continue;
      for (const complete of open) view.replay(complete);
      origin = Math.max(origin, change.origin);
      open = [];
    }
    view.setOwn('fold', { next: next - open.length, origin } satisfies FoldPosition);
    await ports.units.commit({ rows: [], appends: [], state: unit.state, offsets: [], folds: [] });
    view.settle(unit);
  }
  reader.close();
  return origin;
}
