import { MillraceError, type PresenceStatus } from '../../client/index.ts';
import { moveInList } from './arrow-keys.ts';
import { endName } from './dates.ts';
import { openDialog } from './dialog.ts';
import { fill, h } from './dom.ts';
import { quietHours } from './quiet-hours.ts';
import type { Workspace } from './workspace.ts';

type Choice = Exclude<PresenceStatus, 'offline'>;

const CHOICES: readonly (readonly [Choice, string])[] = [
  ['online', 'Online'],
  ['away', 'Away'],
  ['busy', 'Busy'],
];

const HOUR_MS = 3_600_000;
const MORNING_HOUR = 9;

/** How long a status holds, and when it then ends. */
const ENDS: readonly (readonly [string, (now: Date) => Date | undefined])[] = [
  ['Until I choose Online', () => undefined],
  ['For 30 minutes', (now) => new Date(now.getTime() + HOUR_MS / 2)],
  ['For 1 hour', (now) => new Date(now.getTime() + HOUR_MS)],
  ['For 4 hours', (now) => new Date(now.getTime() + 4 * HOUR_MS)],
  ['Until tomorrow morning', tomorrowMorning],
];

/** Lets one say how one is there, and until when. */
export function statusDialog(workspace: Workspace): void {
  const { presences, statusEnd, me, client } = workspace;
  const error = h('p', { class: 'form-error', role: 'alert' });
  const ends = h('select', { id: 'status-end' }, ...ENDS.map(([name], index) => h('option', { value: index }, name)));
  const end = () => ENDS[Number(ends.value)]![1](new Date());
  const set = async (status: Choice) => {
    const until = status === 'online' ? undefined : end();
    try {
      await client.rest.setPresence(status, until?.toISOString());
      statusEnd.keep(status, until);
      dialog.close();
    } catch (problem) {
      if (!(problem instanceof MillraceError)) throw problem;
      fill(error, problem.detail);
    }
  };
  const current = presences.of(me.user_id);
  const rows = CHOICES.map(([status, name]) => {
    const meaning = h('span', { class: 'quiet' });
    const say = () => {
      const held = status === current ? statusEnd.of(status) : undefined;
      const chosen = end();
      if (status === 'online') fill(meaning, 'Away by itself when you leave');
      else if (held && ends.value === '0') fill(meaning, `Ends ${endName(held)}`);
      else fill(meaning, chosen ? `Until ${endName(chosen)}` : 'Until you choose Online');
    };
    ends.addEventListener('change', say);
    say();
    return h(
      'button',
      {
        type: 'button',
        class: 'browse-row',
        'aria-pressed': String(status === current),
        on: { click: () => void set(status) },
      },
      h('span', { class: `presence ${status}`, 'aria-hidden': 'true' }),
      h('span', { class: 'option-name' }, name),
      meaning,
    );
  });
  const list = h('div', { class: 'browse' }, ...rows);
  list.addEventListener('keydown', (event) => moveInList(event, list, 'button'));
  const length = h('div', { class: 'field-row' }, h('label', { for: 'status-end' }, 'Away and Busy hold'), ends);
  const dialog = openDialog('Your status', length, error, list, quietHours(workspace));
  (rows.find((row) => row.getAttribute('aria-pressed') === 'true') ?? rows[0])?.focus();
}

function tomorrowMorning(now: Date): Date {
  const morning = new Date(now);
  morning.setDate(now.getDate() + 1);
  morning.setHours(MORNING_HOUR, 0, 0, 0);
  return morning;
}
