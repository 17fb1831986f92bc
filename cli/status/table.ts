import type pc from 'picocolors';
import { age, batchFill, count, duration } from '../../runtime/observing/format.ts';
import type { NodeRow } from './rows.ts';

type Paint = ReturnType<typeof pc.createColors>;

interface Column {
  title: string;
  width: number;
  text(row: NodeRow): string;
  /** Whether the number needs somebody's eyes. */
  bad?(row: NodeRow): boolean;
}

const columns: Column[] = [
  { title: 'RECORDS', width: 11, text: (row) => count(row.records) },
  { title: 'RATE/S', width: 8, text: (row) => count(row.rate) },
  { title: 'P50', width: 7, text: (row) => duration(row.p50_ms) },
  { title: 'P99', width: 7, text: (row) => duration(row.p99_ms) },
  { title: 'FLY', width: 4, text: (row) => (row.lag ? String(row.in_flight) : '') },
  { title: 'BATCH', width: 10, text: batchFill },
  { title: 'RETRIES', width: 8, text: (row) => count(row.retries), bad: (row) => row.retries > 0 },
  { title: 'DEAD', width: 6, text: (row) => count(row.dead_letters), bad: (row) => row.dead_letters > 0 },
  { title: 'LAG', width: 15, text: lagText, bad: (row) => (row.lag?.lag_s ?? 0) >= 1 },
];

/** What is left of 100 columns for a node's name. */
const nameWidth = 100 - columns.reduce((sum, { width }) => sum + width, 0);

export function tableHead(name: string): string {
  return name.padEnd(nameWidth) + columns.map(({ title, width }) => title.padStart(width)).join('');
}

/** A row as wide as the head: the name on the left, cut where it is too long, numbers on the right. */
export function tableRow(name: string, row: NodeRow, paint: Paint): string {
  const cells = columns.map(({ width, text, bad }) => {
    const cell = text(row).padStart(width);
    return bad?.(row) ? paint.red(cell) : cell;
  });
  const shown = name.length < nameWidth ? name : `${name.slice(0, nameWidth - 2)}…`;
  return shown.padEnd(nameWidth) + cells.join('');
}

function lagText({ lag }: NodeRow): string {
  if (!lag) return '';
  return lag.lag === 0 ? '0' : `${count(lag.lag)} ${age(lag.lag_s)}`;
}
