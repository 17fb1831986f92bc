import { age, batchFill, count, duration } from '../../../runtime/observing/format.ts';
import { sourceLags } from '../../../runtime/observing/lag.ts';
import type { NodeStatus } from '../../../runtime/observing/node-meter.ts';
import { fill, h, setText } from '../../src/dom.ts';
import type { TopologyStatus } from './shapes.ts';

type Row = NodeStatus & { lag: { lag: number; lag_s: number } | undefined };

const columns: { title: string; text(row: Row): string; bad?(row: Row): boolean; hint: string }[] = [
  { title: 'Records', text: (row) => count(row.records), hint: 'taken since the start' },
  { title: 'Rate/s', text: (row) => count(row.rate), hint: 'over the last ten seconds' },
  { title: 'p50', text: (row) => timed(row.p50_ms), hint: 'median of a step, an effect, or a source’s unit' },
  { title: 'p99', text: (row) => timed(row.p99_ms), hint: 'one in a hundred takes longer' },
  { title: 'In flight', text: (row) => (row.lag ? count(row.in_flight) : ''), hint: 'units of work under way' },
  {
    title: 'Batch',
    text: (row) => batchFill(row).replace('-', '–'),
    hint: 'records in a batch, and how many it may hold',
  },
  { title: 'Retries', text: (row) => count(row.retries), bad: (row) => row.retries > 0, hint: 'tries that failed' },
  { title: 'Dead', text: (row) => count(row.dead_letters), bad: (row) => row.dead_letters > 0, hint: 'given up' },
  { title: 'Lag', text: lagText, bad: (row) => (row.lag?.lag_s ?? 0) >= 1, hint: 'records not taken, and their age' },
];

/** The nodes of one topology; cells are changed in place. */
export class NodeTable {
  private readonly body = h('tbody');
  readonly element: HTMLElement;
  private rows = new Map<string, HTMLTableCellElement[]>();

  constructor(topology: string) {
    this.element = h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Nodes of ${topology}` },
      h(
        'table',
        {},
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('th', { scope: 'col' }, 'Node'),
            ...columns.map(({ title, hint }) => h('th', { scope: 'col', class: 'number', title: hint }, title)),
          ),
        ),
        this.body,
      ),
    );
  }

  show(status: TopologyStatus): void {
    const names = Object.keys(status.nodes);
    if (names.join() !== [...this.rows.keys()].join()) this.begin(names);
    const lags = new Map(sourceLags([status]).map((lag) => [lag.source, lag]));
    for (const [node, cells] of this.rows) {
      const row: Row = { ...status.nodes[node]!, lag: lags.get(node) };
      for (const [i, { text, bad }] of columns.entries()) {
        const cell = cells[i]!;
        setText(cell, text(row));
        cell.classList.toggle('bad', bad?.(row) ?? false);
      }
    }
  }

  private begin(names: string[]): void {
    this.rows = new Map(names.map((name) => [name, columns.map(() => h('td', { class: 'number' }))]));
    fill(this.body, ...names.map((name) => h('tr', {}, h('th', { scope: 'row' }, name), ...this.rows.get(name)!)));
  }
}

function lagText({ lag }: Row): string {
  if (!lag) return '';
  return lag.lag === 0 ? '0' : `${count(lag.lag)} · ${age(lag.lag_s)}`;
}

function timed(milliseconds: number | null): string {
  return milliseconds === null ? '–' : duration(milliseconds);
}
