import type { Group, GroupWithMembers } from '../../client/index.ts';
import { moveInList } from './arrow-keys.ts';
import { avatar } from './avatar.ts';
import { confirmDialog } from './dialog.ts';
import { fill, h } from './dom.ts';
import { groupEditor } from './group-editor.ts';
import { icon } from './icon.ts';
import { orProblem } from './or-problem.ts';
import { presenceDot } from './presence-dot.ts';
import type { Workspace } from './workspace.ts';

const PRESENCE_PART = 'group';
/** Members shown of one group. */
const MAX_MEMBERS = 200;

/** The groups of the workspace, each with its people once it is opened; admins make, change and delete them. */
export class GroupsPanel {
  readonly element = h('div', { class: 'groups' });
  readonly #workspace: Workspace;
  readonly #onPerson: (userId: string) => void;
  readonly #error = h('p', { class: 'form-error', role: 'alert' });
  readonly #list = h('div', { class: 'browse' });
  readonly #stop: () => void;
  /** The group whose people are shown. */
  #open: GroupWithMembers | undefined;
  #groups: readonly Group[] = [];
  #cursor: string | null = null;

  constructor(workspace: Workspace, onPerson: (userId: string) => void) {
    this.#workspace = workspace;
    this.#onPerson = onPerson;
    this.#list.addEventListener('keydown', (event) => moveInList(event, this.#list, 'button'));
    // Names arrive one by one.
    this.#stop = workspace.people.events.on('change', () => this.#open && this.#show());
  }

  dispose(): void {
    this.#stop();
    this.#workspace.presences.hide(PRESENCE_PART);
  }

  /** Reads the groups anew. */
  async load(): Promise<void> {
    this.#groups = [];
    this.#cursor = null;
    fill(this.#list, h('p', { class: 'quiet' }, 'Loading…'));
    const make = h(
      'button',
      { type: 'button', class: 'button', on: { click: () => this.#edit(undefined) } },
      'New group',
    );
    fill(
      this.element,
      this.#error,
      this.#list,
      this.#workspace.administers && h('div', { class: 'dialog-foot' }, make),
    );
    await this.#more();
  }

  async #more(): Promise<void> {
    const cursor = this.#cursor ? { cursor: this.#cursor } : {};
    const page = await orProblem(this.#workspace.client.rest.groups({ limit: 100, ...cursor }), this.#error);
    if (!page) return;
    this.#groups = [...this.#groups, ...page.groups];
    this.#cursor = page.next_cursor;
    this.#workspace.groups.learnNames(page.groups);
    this.#show();
  }

  #show(): void {
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['focus'] : undefined;
    const none = this.#workspace.administers
      ? 'There is no group yet. A message can mention all people of one at once.'
      : 'There is no group yet. Admins and owners make them.';
    fill(
      this.#list,
      ...this.#groups.flatMap((group) => this.#rows(group)),
      this.#groups.length === 0 && h('p', { class: 'quiet' }, none),
      this.#cursor !== null &&
        h('button', { type: 'button', class: 'button', on: { click: () => void this.#more() } }, 'More'),
    );
    if (focused) this.#list.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
  }

  #rows(group: Group): HTMLElement[] {
    const { group_id, name, member_count } = group;
    const open = this.#open?.group_id === group_id ? this.#open : undefined;
    const attributes = { 'aria-expanded': String(open !== undefined), 'data-focus': `group ${group_id}` };
    const row = h(
      'button',
      { type: 'button', class: 'browse-row', ...attributes, on: { click: () => void this.#toggle(group_id) } },
      icon('people'),
      h('span', { class: 'option-name' }, name),
      h('span', { class: 'quiet grow' }, member_count === 1 ? '1 person' : `${member_count} people`),
      icon(open ? 'up' : 'chevron'),
    );
    return open ? [row, this.#members(open)] : [row];
  }

  #members(group: GroupWithMembers): HTMLElement {
    const { people, presences, administers } = this.#workspace;
    const shown = group.members.slice(0, MAX_MEMBERS);
    presences.show(PRESENCE_PART, shown);
    const rows = shown.map((id) => {
      const name = people.name(id);
      return h(
        'button',
        { type: 'button', class: 'browse-row', 'data-focus': id, on: { click: () => this.#onPerson(id) } },
        presenceDot(id, presences.of(id), true),
        avatar(id, name),
        h('span', { class: 'option-name' }, name),
      );
    });
    const more = group.members.length - shown.length;
    const button = (text: string, kind: string, click: () => void) =>
      h('button', { type: 'button', class: `button ${kind}`, 'data-focus': text, on: { click } }, text);
    return h(
      'div',
      { class: 'group-people', role: 'group', 'aria-label': `People of ${group.name}` },
      ...rows,
      rows.length === 0 && h('p', { class: 'quiet' }, 'Nobody is in it.'),
      more > 0 && h('p', { class: 'quiet' }, `and ${more} more`),
      administers &&
        h(
          'div',
          { class: 'dialog-foot' },
          button('Delete', 'danger', () => void this.#remove(group)),
          button('Change', '', () => this.#edit(group)),
        ),
    );
  }

  async #toggle(groupId: string): Promise<void> {
    if (this.#open?.group_id === groupId) this.#open = undefined;
    else {
      const group = await orProblem(this.#workspace.client.rest.group(groupId), this.#error);
      if (!group) return;
      this.#workspace.groups.learn(group);
      this.#open = group;
    }
    this.#show();
  }

  #edit(group: GroupWithMembers | undefined): void {
    const back = () => {
      this.#open = undefined;
      void this.load().then(() => this.#list.querySelector('button')?.focus());
    };
    const { element, focus } = groupEditor(this.#workspace, group, back);
    fill(this.element, element);
    focus();
  }

  async #remove({ group_id, name }: Group): Promise<void> {
    const detail = 'Messages that mention it keep its id, and reach nobody by it any more.';
    if (!(await confirmDialog(`Delete ${name}?`, detail, 'Delete'))) return;
    const { client, groups } = this.#workspace;
    const gone = await orProblem(
      client.rest.removeGroup(group_id).then(() => true),
      this.#error,
    );
    if (!gone) return;
    groups.forget(group_id);
    await this.load();
  }
}
