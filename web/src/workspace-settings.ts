import type { WorkspaceSettings } from '../../client/index.ts';
import { confirmDialog } from './dialog.ts';
import { fill, h } from './dom.ts';
import { KeptFor, keptName } from './kept-for.ts';
import { orProblem } from './or-problem.ts';
import type { Workspace } from './workspace.ts';

/** What pushes say, and how long messages are kept. */
export function workspaceSettings(workspace: Workspace): HTMLElement {
  return h('div', { class: 'settings' }, pushBodies(workspace), retention(workspace));
}

function pushBodies({ client: { rest } }: Workspace): HTMLElement {
  const error = h('p', { class: 'form-error', role: 'alert' });
  const said = h('p', { class: 'quiet hint', role: 'status' });
  const shown = h('input', { type: 'checkbox', id: 'push-bodies', disabled: true });
  const take = ({ push_bodies }: WorkspaceSettings) => {
    shown.checked = push_bodies === 'shown';
    shown.disabled = false;
  };
  shown.addEventListener('change', async () => {
    const push_bodies = shown.checked ? 'shown' : 'withheld';
    const changed = await orProblem(rest.changeWorkspace({ push_bodies }), error);
    if (changed) take(changed);
    else shown.checked = !shown.checked;
    fill(said, changed && 'Saved.');
  });
  void orProblem(rest.workspace(), error).then((found) => found && take(found));
  return h(
    'section',
    { class: 'setting', 'aria-label': 'Pushes' },
    h('label', { class: 'check', for: 'push-bodies' }, shown, 'Pushes to phones say who wrote what'),
    h('p', { class: 'quiet hint' }, 'Otherwise they say only that there is a new message.'),
    said,
    error,
  );
}

function retention({ client: { rest } }: Workspace): HTMLElement {
  const error = h('p', { class: 'form-error', role: 'alert' });
  const said = h('p', { class: 'quiet', role: 'status' }, 'Loading…');
  const kept = new KeptFor('Keep messages', [{ label: 'For good', days: null }]);
  const change = h('button', { type: 'button', class: 'button' }, 'Change');
  const row = h('div', { class: 'setting-row', hidden: true }, kept.element, change);
  const show = (days: number | null) => {
    kept.show(days);
    row.hidden = false;
    fill(said, `Messages are kept ${keptName(days)}, where a channel does not say otherwise.`);
  };
  change.addEventListener('click', async () => {
    const days = kept.chosen();
    if (days === undefined) return;
    const title = `Keep messages ${keptName(days)}?`;
    const detail =
      'In every channel that does not say otherwise, what is older is removed within minutes, for ever. Nobody can bring it back. Legal holds keep what they are on.';
    if (days !== null && !(await confirmDialog(title, detail, 'Remove what is older'))) return;
    const done = await orProblem(
      rest.setRetention(days).then(() => true),
      error,
    );
    if (done) show(days);
  });
  void orProblem(
    rest.retention().then((days) => ({ days })),
    error,
  ).then((found) => (found ? show(found.days) : fill(said)));
  return h(
    'section',
    { class: 'setting', 'aria-label': 'How long messages are kept' },
    h('h3', {}, 'How long messages are kept'),
    said,
    row,
    h('p', { class: 'warning' }, 'What is older goes for ever, within minutes of a change.'),
    error,
  );
}
