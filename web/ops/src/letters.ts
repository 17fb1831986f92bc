import { age } from '../../../runtime/observing/format.ts';
import { shownKey } from '../../../runtime/observing/shown-key.ts';
import { confirmDialog } from '../../src/dialog.ts';
import { fill, h, setText } from '../../src/dom.ts';
import { openLetter } from './letter-dialog.ts';
import type { Ops } from './ops.ts';
import type { Letter } from './shapes.ts';

/** Rows on the page; the rest is counted. */
export const shownLetters = 50;

/** Dead letters that wait for somebody, the newest first. */
export class Letters {
  private readonly head = h('span', { class: 'state' });
  private readonly body = h('tbody');
  private readonly none = h('p', { class: 'quiet' }, 'None: every record was processed.');
  private readonly more = h('p', { class: 'quiet' });
  private readonly all = h(
    'button',
    { type: 'button', class: 'button small', on: { click: () => void this.redriveAll() } },
    'Redrive all',
  );
  private readonly table = h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Dead letters' },
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h('tr', {}, ...['Letter', 'Age', 'Node', 'Key', 'Cause'].map((title) => h('th', { scope: 'col' }, title))),
      ),
      this.body,
    ),
  );
  readonly element = h(
    'section',
    { class: 'panel', 'aria-labelledby': 'letters-title' },
    h('header', { class: 'panel-head' }, h('h2', { id: 'letters-title' }, 'Dead letters'), this.head, this.all),
    this.none,
    this.table,
    this.more,
  );
  private shown = '';
  private total = 0;

  constructor(private readonly ops: Ops) {}

  show({ letters, total }: { letters: Letter[]; total: number }): void {
    this.total = total;
    this.none.hidden = total > 0;
    this.table.hidden = this.all.hidden = total === 0;
    setText(this.head, total === 0 ? '' : `${total} waiting`);
    this.head.className = total === 0 ? 'state' : 'state bad';
    const newest = [...letters].reverse();
    setText(
      this.more,
      total > newest.length
        ? `The newest ${newest.length} of ${total}. millrace dlq list --group tells them apart.`
        : '',
    );
    // Made anew only where the letters are others, so that a focus stays; their ages may wait for that.
    const ids = newest.map(({ id }) => id).join();
    if (ids === this.shown) return;
    this.shown = ids;
    fill(this.body, ...newest.map((letter) => this.row(letter)));
  }

  private row(letter: Letter): HTMLElement {
    const { id, at, topology, node, key, code, cause } = letter;
    const open = h(
      'button',
      {
        type: 'button',
        class: 'link',
        'aria-label': `Show letter ${id}`,
        on: { click: () => void openLetter(id, this.ops) },
      },
      `#${id}`,
    );
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, open),
      h('td', { class: 'number' }, age(Math.max(0, (Date.now() - at) / 1000))),
      h('td', {}, `${topology}/${node}`),
      h('td', { class: 'key' }, shownKey(key)),
      h('td', { class: 'cause' }, h('span', { class: 'code' }, code), ` ${cause}`),
    );
  }

  private async redriveAll(): Promise<void> {
    const detail = 'Each goes back into the topology that gave it up, those of a key in their order.';
    if (!(await confirmDialog(`Redrive ${this.total} dead letters?`, detail, 'Redrive all'))) return;
    await this.ops.does('Nothing was sent back', async () => {
      const { redriven } = await this.ops.api.post<{ redriven: number[] }>('/dead-letters/redrive', { filter: {} });
      return `${redriven.length} letters sent back.`;
    });
  }
}
