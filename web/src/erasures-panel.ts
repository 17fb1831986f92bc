import type { Erasure } from '../../client/index.ts';
import { fullTime } from './dates.ts';
import { fill, h } from './dom.ts';
import { orProblem } from './or-problem.ts';
import type { Workspace } from './workspace.ts';

/** Who is being erased, and when others were; for owners. */
export class ErasuresPanel {
  readonly element = h('div', { class: 'erasures' });
  readonly #workspace: Workspace;
  readonly #error = h('p', { class: 'form-error', role: 'alert' });

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  async load(): Promise<void> {
    fill(this.element, this.#error, h('p', { class: 'quiet' }, 'Loading…'));
    const erasures = await orProblem(this.#workspace.client.rest.erasures(), this.#error);
    fill(
      this.element,
      this.#error,
      h('p', { class: 'quiet' }, 'To erase someone, open their profile: press their name beside a message.'),
      erasures && h('ul', { class: 'held' }, ...erasures.map(row)),
      erasures?.length === 0 && h('p', { class: 'empty-list' }, 'Nobody was erased.'),
    );
  }
}

function row({ user_id, requested_at, done_at }: Erasure): HTMLElement {
  return h(
    'li',
    { class: 'held-row' },
    h(
      'div',
      { class: 'grow' },
      h('p', { class: 'option-name' }, user_id ?? 'Erased person'),
      h('p', { class: 'quiet' }, `Asked for ${fullTime(requested_at)}`),
      h('p', { class: 'quiet' }, done_at ? `Done ${fullTime(done_at)}` : 'Under way; it may wait for a legal hold'),
    ),
  );
}
