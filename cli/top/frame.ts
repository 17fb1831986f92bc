import pc from 'picocolors';
import { overall } from '../../runtime/observing/state.ts';
import type { Status } from '../status/fetch.ts';
import { headline, paintedState } from '../status/render.ts';
import { nodeRows, sorted, type sortings } from '../status/rows.ts';
import { tableHead, tableRow } from '../status/table.ts';

export interface FrameOptions {
  sort: keyof typeof sortings;
  color: boolean;
  /** What fits on the screen; unset: all. */
  lines?: number | undefined;
}

/** One look at all nodes, most of what it is sorted by first. */
export function frame(status: Status, { sort, color, lines }: FrameOptions): string[] {
  const paint = pc.createColors(color);
  const rows = sorted(nodeRows(status), sort);
  const state = paintedState(overall(status.topologies), paint);
  const head = [`${headline(status, color)}, ${state}`, '', paint.dim(tableHead(`node (by ${sort})`))];
  const shown = lines === undefined ? rows : rows.slice(0, Math.max(1, lines - head.length - 1));
  const body = shown.map((row) => tableRow(`${row.topology}/${row.node}`, row, paint));
  const left = rows.length - shown.length;
  return [...head, ...body, ...(left > 0 ? [paint.dim(`… ${left} more`)] : [])];
}
