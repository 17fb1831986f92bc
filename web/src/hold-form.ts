import { newClientId, type User } from '../../client/index.ts';
import { fill, h } from './dom.ts';
import { orProblem } from './or-problem.ts';
import { PeoplePicker } from './people-picker.ts';
import type { Workspace } from './workspace.ts';

const MAX_REASON = 1_000;

/** Asks what to hold, and why; `onDone` also where it was left. */
export function holdForm(workspace: Workspace, onDone: () => void): { element: HTMLElement; focus: () => void } {
  // Kept for a second try: a hold that was put, and whose answer was lost, is not put twice.
  const holdId = newClientId();
  let person: User | undefined;
  const what = h(
    'select',
    { id: 'hold-what' },
    h('option', { value: 'all' }, 'Everything'),
    h('option', { value: 'channel' }, 'A channel'),
    h('option', { value: 'person' }, 'A person'),
  );
  const channels = [...workspace.channels.values()]
    .map((channel) => [channel.channel_id, workspace.title(channel)] as const)
    .sort(([, a], [, b]) => a.localeCompare(b));
  const channel = h(
    'select',
    { id: 'hold-channel', 'aria-label': 'Which channel' },
    ...channels.map(([id, title]) => h('option', { value: id }, title)),
  );
  const chosen = h('p', { role: 'status' });
  const picker = new PeoplePicker(workspace, 'Find the person by name', (user) => {
    person = user;
    fill(chosen, `On ${user.name || user.user_id}: every channel that they are or were in.`);
    picker.clear();
  });
  const ofPerson = h('div', {}, picker.element, chosen);
  const reason = h('input', {
    type: 'text',
    id: 'hold-reason',
    required: true,
    maxlength: MAX_REASON,
    autocomplete: 'off',
  });
  const error = h('p', { class: 'form-error', role: 'alert' });
  const form = h(
    'form',
    { 'aria-label': 'New hold' },
    h('label', { for: 'hold-what' }, 'Hold'),
    what,
    channel,
    ofPerson,
    h('label', { for: 'hold-reason' }, 'Why'),
    reason,
    error,
    h(
      'div',
      { class: 'dialog-foot' },
      h('button', { type: 'button', class: 'button', on: { click: onDone } }, 'Cancel'),
      h('button', { type: 'submit', class: 'button primary' }, 'Put hold'),
    ),
  );
  const show = () => {
    channel.hidden = what.value !== 'channel';
    ofPerson.hidden = what.value !== 'person';
  };
  what.addEventListener('change', show);
  // Enter in the picker takes the first one found, and does not send the form.
  picker.element.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement) event.preventDefault();
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (what.value === 'person' && !person) {
      fill(error, 'Choose a person.');
      return;
    }
    const on =
      what.value === 'channel'
        ? { channel_id: channel.value }
        : what.value === 'person' && person
          ? { user_id: person.user_id }
          : {};
    const put = await orProblem(workspace.client.rest.putHold(holdId, { ...on, reason: reason.value.trim() }), error);
    if (put) onDone();
  });
  show();
  return { element: form, focus: () => what.focus() };
}
