import type { LegalHold } from '../../client/index.ts';
import { shortTime } from './dates.ts';
import { confirmDialog } from './dialog.ts';
import { fill, h } from './dom.ts';
import { holdForm } from './hold-form.ts';
import { orProblem } from './or-problem.ts';
import type { Workspace } from './workspace.ts';

/** What is kept whatever retention says; admins and owners put holds on and release them. */
export class HoldsPanel {
  readonly element = h('div', { class: 'holds' });
  readonly #workspace: Workspace;
  readonly #error = h('p', { class: 'form-error', role: 'alert' });
  readonly #stop: () => void;
  #holds: readonly LegalHold[] | undefined;
  #adding = false;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
    // Names arrive one by one.
    this.#stop = workspace.people.events.on('change', () => !this.#adding && this.#show());
  }

  dispose(): void {
    this.#stop();
    this.#workspace.presences.hide('picker');
  }

  async load(): Promise<void> {
    this.#adding = false;
    fill(this.element, this.#error, h('p', { class: 'quiet' }, 'Loading…'));
    this.#holds = await orProblem(this.#workspace.client.rest.holds(), this.#error);
    this.#show();
  }

  #show(): void {
    if (!this.#holds) {
      fill(this.element, this.#error);
      return;
    }
    const add = h('button', { type: 'button', class: 'button primary', on: { click: () => this.#add() } }, 'New hold');
    fill(
      this.element,
      this.#error,
      h('p', { class: 'quiet' }, 'What a hold is on is kept, whatever retention says, until it is released.'),
      h('ul', { class: 'held' }, ...this.#holds.map((hold) => this.#row(hold))),
      this.#holds.length === 0 && h('p', { class: 'empty-list' }, 'There is no hold.'),
      h('div', { class: 'dialog-foot' }, add),
    );
  }

  #row(hold: LegalHold): HTMLElement {
    const { people } = this.#workspace;
    const what = this.#held(hold);
    const release = () => void this.#release(hold);
    const attributes = { type: 'button', class: 'button', 'aria-label': `Release the hold on ${what}` };
    return h(
      'li',
      { class: 'held-row' },
      h(
        'div',
        { class: 'grow' },
        h('p', { class: 'option-name' }, what),
        h('p', {}, hold.reason),
        h('p', { class: 'quiet' }, `${people.name(hold.created_by)}, ${shortTime(hold.created_at)}`),
      ),
      h('button', { ...attributes, on: { click: release } }, 'Release'),
    );
  }

  #held({ channel_id, user_id }: LegalHold): string {
    if (user_id !== null) return this.#workspace.people.name(user_id);
    if (channel_id === null) return 'Everything';
    const channel = this.#workspace.channels.get(channel_id);
    return channel ? `#${this.#workspace.title(channel)}` : channel_id;
  }

  #add(): void {
    this.#adding = true;
    const { element, focus } = holdForm(this.#workspace, () => void this.load());
    fill(this.element, element);
    focus();
  }

  async #release(hold: LegalHold): Promise<void> {
    const title = `Release the hold on ${this.#held(hold)}?`;
    const detail = 'What retention would have removed by now is then removed within minutes, for ever.';
    if (!(await confirmDialog(title, detail, 'Release'))) return;
    const done = await orProblem(
      this.#workspace.client.rest.releaseHold(hold.hold_id).then(() => true),
      this.#error,
    );
    if (done) await this.load();
  }
}
