import { age, count } from '../../../runtime/observing/format.ts';
import { stateOf } from '../../../runtime/observing/state.ts';
import { fill, h, setText } from '../../src/dom.ts';
import { NodeTable } from './node-table.ts';
import type { Ops } from './ops.ts';
import type { TopologyStatus } from './shapes.ts';

/** Each topology with its state, its nodes, and the button that holds it. */
export class Topologies {
  readonly element = h('div', { class: 'topologies' });
  private cards: Card[] = [];

  constructor(private readonly ops: Ops) {}

  show(topologies: TopologyStatus[]): void {
    const names = topologies.map(({ topology }) => topology);
    if (names.join() !== this.cards.map(({ name }) => name).join()) {
      this.cards = names.map((name) => new Card(name, this.ops));
      fill(this.element, ...this.cards.map(({ element }) => element));
    }
    for (const [i, card] of this.cards.entries()) card.show(topologies[i]!);
  }
}

class Card {
  readonly element: HTMLElement;
  private readonly version = h('span', { class: 'quiet' });
  private readonly state = h('span', { class: 'state' });
  private readonly description = h('p', { class: 'quiet' });
  private readonly kept = h('p', { class: 'quiet' });
  private readonly trouble = h('ul', { class: 'trouble' });
  private readonly hold = h('button', { type: 'button', class: 'button small', on: { click: () => this.toggle() } });
  private readonly nodes: NodeTable;
  private paused = false;

  constructor(
    readonly name: string,
    private readonly ops: Ops,
  ) {
    this.nodes = new NodeTable(name);
    this.element = h(
      'section',
      { class: 'panel', 'aria-label': `Topology ${name}` },
      h('header', { class: 'panel-head' }, h('h2', {}, name), this.version, this.state, this.hold),
      this.description,
      this.nodes.element,
      this.kept,
      this.trouble,
    );
  }

  show(status: TopologyStatus): void {
    this.paused = status.paused.includes(this.name);
    const { text, tone } = stateOf(status);
    setText(
      this.version,
      `v${status.version}, ${status.tasks.length} ${status.tasks.length === 1 ? 'partition' : 'partitions'}`,
    );
    setText(this.state, text);
    this.state.className = `state ${tone}`;
    setText(this.description, status.description);
    setText(this.hold, this.paused ? 'Resume' : 'Pause');
    this.hold.setAttribute('aria-label', `${this.paused ? 'Resume' : 'Pause'} ${this.name}`);
    this.nodes.show(status);
    const kept = Object.entries(status.state_rows).map(([node, rows]) => `${node} ${count(rows)} rows`);
    setText(this.kept, kept.length > 0 ? `State: ${kept.join(', ')}` : '');
    this.kept.hidden = kept.length === 0;
    const trouble = troubleOf(status);
    if (trouble.join('\n') !== [...this.trouble.children].map((line) => line.textContent).join('\n'))
      fill(this.trouble, ...trouble.map((line) => h('li', {}, line)));
  }

  private toggle(): void {
    const [path, done] = this.paused ? ['/resume', 'goes on'] : ['/pause', 'is held: what comes waits in its topics'];
    void this.ops.does(`${this.name} was left as it is`, async () => {
      await this.ops.api.post(path!, { topology: this.name });
      return `${this.name} ${done}.`;
    });
  }
}

/** The last errors of nodes, and of partitions that do not run. */
function troubleOf({ nodes, tasks }: TopologyStatus): string[] {
  const lines = Object.entries(nodes).flatMap(([node, { last_error: error }]) =>
    error ? [`${node}: ${error.message} (${age(Math.max(0, (Date.now() - error.at) / 1000))} ago)`] : [],
  );
  const failed = tasks.find(({ state, error }) => error !== null && state !== 'running');
  return failed ? [...lines, `partition ${failed.partition}: ${failed.error}`] : lines;
}
