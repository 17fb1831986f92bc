import { type GroupWithMembers, MillraceError, type MillraceRest, newClientId } from '../../client/index.ts';
import { avatar } from './avatar.ts';
import { fill, h } from './dom.ts';
import { icon } from './icon.ts';
import { orProblem } from './or-problem.ts';
import { PeoplePicker } from './people-picker.ts';
import type { Workspace } from './workspace.ts';

const MAX_TRIES = 20;

/** A form for a group's name and people; `group` is undefined for a new one. `onDone` follows saving and giving up. */
export function groupEditor(
  workspace: Workspace,
  group: GroupWithMembers | undefined,
  onDone: () => void,
): { readonly element: HTMLElement; readonly focus: () => void } {
  const { client, groups, people } = workspace;
  const name = h('input', { type: 'text', id: 'group-name', required: true, maxlength: 80, autocomplete: 'off' });
  name.value = group?.name ?? '';
  const members = new Set(group?.members);
  const error = h('p', { class: 'form-error', role: 'alert' });
  const heading = h('h3', { id: 'group-people' }, 'In this group');
  const list = h('ul', { class: 'people', 'aria-labelledby': 'group-people' });
  const show = () =>
    fill(
      list,
      ...[...members].map((id) => person(id, people.name(id), () => remove(id))),
      members.size === 0 && h('li', { class: 'quiet' }, 'Nobody yet.'),
    );
  const remove = (id: string) => {
    members.delete(id);
    show();
    picker.focus();
  };
  const picker = new PeoplePicker(workspace, 'Add people by name', ({ user_id }) => {
    members.add(user_id);
    show();
    picker.clear();
  });
  const save = h('button', { type: 'submit', class: 'button primary', form: 'group-form' }, 'Save group');
  const cancel = h('button', { type: 'button', class: 'button', on: { click: onDone } }, 'Cancel');
  const form = h('form', { id: 'group-form' }, h('label', { for: 'group-name' }, 'Name'), name);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    save.disabled = true;
    const called = name.value.trim();
    const put = async () =>
      client.rest.putGroup(group?.group_id ?? (await freeId(client.rest, called)), {
        name: called,
        members: [...members],
      });
    const saved = await orProblem(put(), error);
    save.disabled = false;
    if (!saved) return;
    groups.learn(saved);
    onDone();
  });
  show();
  const foot = h('div', { class: 'dialog-foot' }, cancel, save);
  const element = h('div', { class: 'group-editor' }, form, picker.element, heading, list, error, foot);
  return { element, focus: () => name.focus() };
}

function person(id: string, name: string, remove: () => void): HTMLElement {
  const label = `Remove ${name}`;
  const attributes = { type: 'button', class: 'icon-button', 'aria-label': label, title: label };
  return h(
    'li',
    { class: 'person' },
    avatar(id, name),
    h('span', { class: 'option-name grow' }, name),
    h('button', { ...attributes, on: { click: remove } }, icon('close')),
  );
}

/** An id that says something of the name and belongs to no other group: to put one under a taken id would replace it. */
async function freeId(rest: MillraceRest, name: string): Promise<string> {
  const slug = name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  for (let turn = 1; slug !== '' && turn <= MAX_TRIES; turn++) {
    const id = turn === 1 ? slug : `${slug}-${turn}`;
    try {
      await rest.group(id);
    } catch (error) {
      if (error instanceof MillraceError && error.code === 'not_found') return id;
      throw error;
    }
  }
  return newClientId();
}
