import type { Drawing } from '../../../runtime/drawing/drawing.ts';
import { age, count } from '../../../runtime/observing/format.ts';
import { overall } from '../../../runtime/observing/state.ts';
import { h, setText } from '../../src/dom.ts';
import { themeButton } from '../../src/theme.ts';
import { type Api, ApiError } from './api.ts';
import { DeploymentList } from './deployments.ts';
import { Flow } from './flow.ts';
import { Letters, shownLetters } from './letters.ts';
import { Ops } from './ops.ts';
import type { DeploymentLine, Letter, Status } from './shapes.ts';
import { TapPanel } from './tap-panel.ts';
import { Topologies } from './topologies.ts';

const every_ms = 2000;

/** The page: asks the process every two seconds while somebody may look, and shows what it says. */
export class App {
  readonly element: HTMLElement;
  private readonly ops: Ops;
  private readonly state = h('span', { class: 'state', role: 'status' });
  private readonly process = h('span', { class: 'quiet' });
  private readonly flow = new Flow();
  private readonly topologies: Topologies;
  private readonly letters: Letters;
  private readonly tap: TapPanel;
  private readonly deployments = new DeploymentList();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking = false;
  private ended = false;

  constructor(
    private readonly api: Api,
    private readonly signedOut: (why?: string) => void,
  ) {
    this.ops = new Ops(api, () => this.soon(0));
    this.topologies = new Topologies(this.ops);
    this.letters = new Letters(this.ops);
    this.tap = new TapPanel(this.ops);
    const leave = h(
      'button',
      { type: 'button', class: 'button small', on: { click: () => this.signOut() } },
      'Sign out',
    );
    this.element = h(
      'div',
      { class: 'ops' },
      h(
        'header',
        { class: 'bar' },
        h('h1', {}, 'Millrace'),
        this.state,
        this.process,
        h('span', { class: 'bar-end' }, themeButton(), leave),
      ),
      h(
        'main',
        {},
        this.flow.element,
        this.topologies.element,
        this.letters.element,
        this.tap.element,
        this.deployments.element,
      ),
      this.ops.toasts.element,
    );
    document.addEventListener('visibilitychange', () => this.soon(0));
  }

  /** Resolves once the process has answered for the first time. Error: ApiError. */
  async start(): Promise<void> {
    await this.look();
    this.soon(every_ms);
  }

  private signOut(why?: string): void {
    this.ended = true;
    this.signedOut(why);
  }

  private soon(delay_ms: number): void {
    clearTimeout(this.timer);
    if (document.hidden || this.ended) return;
    this.timer = setTimeout(() => void this.tick(), delay_ms);
  }

  private async tick(): Promise<void> {
    if (this.asking) return this.soon(every_ms / 4);
    this.asking = true;
    try {
      await this.look();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 'unauthenticated') return this.signOut('The token is no longer accepted.');
      setText(this.state, `no answer: ${error.detail}`);
      this.state.className = 'state bad';
      this.element.classList.add('stale');
    } finally {
      this.asking = false;
    }
    this.soon(every_ms);
  }

  private async look(): Promise<void> {
    const [status, drawing, letters, { deployments }] = await Promise.all([
      this.api.get<Status>('/status'),
      this.api.get<Drawing>('/graph'),
      this.api.get<{ letters: Letter[]; total: number }>(`/dead-letters?limit=${shownLetters}`),
      this.api.get<{ deployments: DeploymentLine[] }>('/deployments'),
    ]);
    this.element.classList.remove('stale');
    const { text, tone } = overall(status.topologies);
    setText(this.state, text);
    this.state.className = `state ${tone}`;
    const read = status.topologies.flatMap(({ nodes, sources }) =>
      [...new Set(sources.map(({ source }) => source))].map((source) => nodes[source]?.rate ?? 0),
    );
    const rate = read.reduce((sum, one) => sum + one, 0);
    setText(
      this.process,
      `${status.url} · process ${status.pid} · up ${age(status.uptime_s)} · ${count(rate)} records/s read`,
    );
    this.flow.show(drawing);
    this.flow.flows(status.topologies);
    this.topologies.show(status.topologies);
    this.letters.show(letters);
    this.tap.show(status.topologies);
    this.deployments.show(deployments);
  }
}
