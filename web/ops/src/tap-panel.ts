import { shownKey } from '../../../runtime/observing/shown-key.ts';
import { fill, h, setText } from '../../src/dom.ts';
import { ApiError } from './api.ts';
import type { Ops } from './ops.ts';
import type { TapLine, TopologyStatus } from './shapes.ts';

/** Records on the page; older ones leave it. */
const most = 100;

/** Listens to a node while the reader wants it to. */
export class TapPanel {
  private readonly node = h('select', { id: 'tap-node' });
  private readonly where = h('input', {
    ...{ id: 'tap-where', type: 'text', spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off' },
    placeholder: 'value.channel_id == "general"',
  });
  private readonly button = h('button', { type: 'submit', class: 'button primary small' }, 'Listen');
  private readonly note = h('p', { class: 'quiet', role: 'status' });
  private readonly records = h('ol', { class: 'records', tabindex: 0, 'aria-label': 'Records, newest first' });
  readonly element = h(
    'section',
    { class: 'panel', 'aria-labelledby': 'tap-title' },
    h('h2', { id: 'tap-title' }, 'Tap'),
    h('p', { class: 'quiet' }, 'Records as they leave a node. They are private: what people wrote is in them.'),
    h(
      'form',
      { class: 'tap-form', on: { submit: (event) => this.toggle(event) } },
      h('div', { class: 'field' }, h('label', { for: 'tap-node' }, 'Node'), this.node),
      h('div', { class: 'field grow' }, h('label', { for: 'tap-where' }, 'Where (CEL)'), this.where),
      this.button,
    ),
    this.note,
    this.records,
  );
  private listening: AbortController | undefined;
  private names = '';

  constructor(private readonly ops: Ops) {}

  show(topologies: TopologyStatus[]): void {
    const names = topologies.flatMap(({ topology, nodes }) => Object.keys(nodes).map((node) => `${topology}/${node}`));
    if (names.join() === this.names) return;
    this.names = names.join();
    const chosen = this.node.value;
    fill(this.node, ...names.map((name) => h('option', { value: name }, name)));
    this.node.value = names.includes(chosen)
      ? chosen
      : (names.find((name) => name === 'messages/sequence') ?? names[0]!);
  }

  private toggle(event: Event): void {
    event.preventDefault();
    if (this.listening) this.listening.abort();
    else void this.listen();
  }

  private async listen(): Promise<void> {
    const stop = new AbortController();
    this.listening = stop;
    setText(this.button, 'Stop');
    this.node.disabled = this.where.disabled = true;
    fill(this.records);
    const where = this.where.value.trim();
    const query = where ? `?${new URLSearchParams({ where })}` : '';
    const place = this.node.value.split('/').map(encodeURIComponent).join('/');
    try {
      for await (const line of this.ops.api.lines<TapLine>(`/tap/${place}${query}`, stop.signal)) this.add(line);
      setText(this.note, 'The process ended it.');
    } catch (error) {
      if (stop.signal.aborted) setText(this.note, 'Stopped.');
      else if (error instanceof ApiError) setText(this.note, error.detail);
      else setText(this.note, 'The connection was lost.');
    } finally {
      this.listening = undefined;
      setText(this.button, 'Listen');
      this.node.disabled = this.where.disabled = false;
    }
  }

  private add(line: TapLine): void {
    if ('listening' in line) return setText(this.note, `Listening to ${line.listening}.`);
    if ('dropped' in line) {
      const reason = line.reason ? ` ${line.failed} did not fit the expression: ${line.reason}.` : '';
      return setText(this.note, `${line.dropped} came too fast to be shown.${reason}`);
    }
    const { time, schema, output, key, partition, offset, value } = line;
    const what = output === null ? schema : `${schema} → ${output}`;
    const head = h(
      'span',
      { class: 'record-head' },
      h('time', {}, new Date(time).toLocaleTimeString()),
      h('strong', {}, what),
      h('span', { class: 'key' }, shownKey(key)),
      h('span', { class: 'quiet' }, `${partition}@${offset}`),
    );
    this.records.prepend(h('li', {}, head, h('code', {}, JSON.stringify(value))));
    while (this.records.childElementCount > most) this.records.lastElementChild!.remove();
  }
}
