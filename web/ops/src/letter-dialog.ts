import { shownKey } from '../../../runtime/observing/shown-key.ts';
import { openDialog } from '../../src/dialog.ts';
import { fill, h } from '../../src/dom.ts';
import { ApiError } from './api.ts';
import type { Ops } from './ops.ts';
import type { ShownLetter } from './shapes.ts';

/** Shows a letter with its value, which may be mended before it goes back. */
export async function openLetter(id: number, ops: Ops): Promise<void> {
  let letter: ShownLetter;
  try {
    letter = await ops.api.get<ShownLetter>(`/dead-letters/${id}`);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return ops.toasts.show(error.detail, 'error');
  }
  const text = letter.unreadable === null ? JSON.stringify(letter.value, null, 2) : '';
  const value = h('textarea', { id: 'letter-value', rows: 14, spellcheck: 'false', class: 'mono' });
  value.value = text;
  const problem = h('p', { class: 'form-error', role: 'alert' });
  const redrive = h('button', { type: 'button', class: 'button primary' }, 'Redrive');
  const drop = h('button', { type: 'button', class: 'button danger' }, 'Drop');
  const dialog = openDialog(
    `Dead letter ${id}`,
    facts(letter),
    h(
      'label',
      { for: 'letter-value' },
      letter.schema === null ? 'Value: write what it should have been' : `Value: ${letter.schema}`,
    ),
    letter.unreadable === null
      ? null
      : h('p', { class: 'form-error' }, `It can’t be read: ${letter.unreadable}. Bytes: ${letter.bytes}`),
    value,
    problem,
    h('div', { class: 'dialog-foot' }, drop, redrive),
  );
  dialog.classList.add('wide');
  redrive.addEventListener('click', () => void send());
  drop.addEventListener('click', () => void dropIt());

  async function send(): Promise<void> {
    let edited: { value: unknown } | object = {};
    if (value.value !== text) {
      try {
        edited = { value: JSON.parse(value.value) };
      } catch (error) {
        return fill(problem, `This is not JSON: ${(error as Error).message}`);
      }
    }
    await change('/dead-letters/redrive', { ids: [id], ...edited }, `Letter ${id} was sent back.`);
  }

  /** A second press on the same place says that it is meant. */
  async function dropIt(): Promise<void> {
    if (drop.dataset['sure'] === undefined) {
      drop.dataset['sure'] = '';
      fill(drop, 'Drop for good');
      return;
    }
    await change('/dead-letters/drop', { ids: [id] }, `Letter ${id} was dropped.`);
  }

  async function change(path: string, body: unknown, done: string): Promise<void> {
    try {
      await ops.api.post(path, body);
      ops.toasts.show(done);
      dialog.close();
      ops.refresh();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      fill(problem, error.detail);
    }
  }
}

function facts(letter: ShownLetter): HTMLElement {
  const { topology, node, code, cause, attempts, at, topic, partition, offset, time, source, key, trace_id } = letter;
  const lines: [string, string][] = [
    ['Cause', `${code}: ${cause}`],
    ['Given up', `by ${topology}/${node} after ${attempts} ${attempts === 1 ? 'try' : 'tries'}, ${date(at)}`],
    ['Record', `${topic} ${partition}@${offset}, ${date(time)}${source ? `, by source ${source}` : ''}`],
    ['Key', shownKey(key)],
    ['Trace id', trace_id || '–'],
  ];
  return h('dl', { class: 'facts' }, ...lines.flatMap(([name, text]) => [h('dt', {}, name), h('dd', {}, text)]));
}

function date(milliseconds: number): string {
  return new Date(milliseconds).toLocaleString();
}
