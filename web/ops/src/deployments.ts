import { fill, h } from '../../src/dom.ts';
import type { DeploymentLine } from './shapes.ts';

const most = 8;

/** What was deployed, the newest first. Deploying is for the command line, which has the files. */
export class DeploymentList {
  private readonly list = h('ol', { class: 'deployments' });
  readonly element = h(
    'section',
    { class: 'panel', 'aria-labelledby': 'deployments-title' },
    h('h2', { id: 'deployments-title' }, 'Deployments'),
    this.list,
    h(
      'p',
      { class: 'quiet' },
      h('code', {}, 'millrace plan'),
      ', ',
      h('code', {}, 'deploy'),
      ' and ',
      h('code', {}, 'rollback'),
      ' change what runs.',
    ),
  );
  private shown = '';

  show(deployments: DeploymentLine[]): void {
    const text = JSON.stringify(deployments);
    if (text === this.shown) return;
    this.shown = text;
    const lines = deployments.slice(0, most).map(({ number, at, by, note, topologies }, i) => {
      // What changed is what began with this deployment.
      const changed = topologies
        .filter(({ since }) => since === number)
        .map(({ topology, version }) => `${topology} v${version}`);
      return h(
        'li',
        {},
        h('strong', {}, `#${number}`),
        h(
          'span',
          { class: 'quiet' },
          ` ${new Date(at).toLocaleString()}, by ${by === 'start' ? 'a start' : 'an operator'}`,
        ),
        i === 0
          ? h('span', { class: 'state good' }, topologies.every(({ running }) => running) ? 'in force' : 'taking over')
          : null,
        h('div', {}, [note, changed.join(', ') || 'no topology changed'].filter(Boolean).join(': ')),
      );
    });
    fill(this.list, ...lines);
  }
}
