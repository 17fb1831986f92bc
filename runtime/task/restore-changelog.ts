import type { Log } from '../../platform/log/port.ts';
import type { Units } from '../../platform/units/port.ts';
import type { StateChange } from '../../schemas/generated/types.ts';
import type { FoldPosition } from './fold-position.ts';
import type { StateView } from './state-view.ts';
import { WorkUnit } from './work-unit.ts';

const pageSize = 1000;

/**
 * Brings a state up to the end of its changelog; and returns where the node's input goes on. A unit that is older than what
 * came before it was written late, by a process that had been taken for dead: it changes nothing here, and what it tells of
 * is said again as it is, for compaction keeps the last word on each row.
 */
export async function restoreChangelog(
  {
    topic,
    partition,
    generation,
    ordered,
  }: {
    topic: string;
    partition: number;
    generation: number;
    /** The topology has one source, so that units grow with its offsets. */
    ordered: boolean;
  },
  view: StateView,
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
  const late = new Map<string, StateChange>();
  try {
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
        const isLate = ordered && change.origin < origin;
        for (const complete of open) {
          if (isLate) late.set(`${complete.table}\0${complete.key}`, complete);
          else view.replay(complete);
        }
        origin = Math.max(origin, change.origin);
        open = [];
      }
      view.setOwn('fold', { next: open.length > 0 ? openFrom : next, origin } satisfies FoldPosition);
      await ports.units.commit({ rows: [], appends: [], state: unit.state, offsets: [], folds: [] });
      view.settle(unit);
    }
  } finally {
    reader.close();
  }
  if (late.size > 0 && !signal.aborted) {
    const appends = view.sayAgain([...late.values()], { topic, partition, generation }, origin);
    await ports.units.commit({ rows: [], appends, state: [], offsets: [], folds: [] });
  }
  return origin;
}
