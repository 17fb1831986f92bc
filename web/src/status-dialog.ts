import { MillraceError, type PresenceStatus } from '../../client/index.ts';
import { moveInList } from './arrow-keys.ts';
import { openDialog } from './dialog.ts';
import { fill, h } from './dom.ts';
import type { Workspace } from './workspace.ts';

const CHOICES: readonly (readonly [Exclude<PresenceStatus, 'offline'>, string, string])[] = [
  ['online', 'Online', 'Away by itself when you leave'],
  ['away', 'Away', 'Until you choose Online'],
  ['busy', 'Busy', 'Until you choose Online'],
];

/** Lets one say how one is there. */
export function statusDialog(workspace: Workspace): void {
  const error = h('p', { class: 'form-error', role: 'alert' });
  const set = async (status: Exclude<PresenceStatus, 'offline'>) => {
    try {
      await workspace.client.rest.setPresence(status);
      dialog.close();
    } catch (problem) {
      if (!(problem instanceof MillraceError)) throw problem;
      fill(error, problem.detail);
    }
  };
  const current = workspace.presences.of(workspace.me.user_id);
  const rows = CHOICES.map(([status, name, meaning]) =>
    h(
      'button',
      {
        type: 'button',
        class: 'browse-row',
        'aria-pressed': String(status === current),
        on: { click: () => void set(status) },
      },
      h('span', { class: `presence ${status}`, 'aria-hidden': 'true' }),
      h('span', { class: 'option-name' }, name),
      h('span', { class: 'quiet' }, meaning),
    ),
  );
  const list = h('div', { class: 'browse' }, ...rows);
  list.addEventListener('keydown', (event) => moveInList(event, list, 'button'));
  const dialog = openDialog('Your status', error, list);
  (rows.find((row) => row.getAttribute('aria-pressed') === 'true') ?? rows[0])?.focus();
}
