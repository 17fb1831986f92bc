import { fill, h } from './dom.ts';
import { orProblem } from './or-problem.ts';
import type { Workspace } from './workspace.ts';

/** The hours of each day in which no phone of one's own is told anything. */
export function quietHours(workspace: Workspace): HTMLElement {
  const { rest } = workspace.client;
  const on = h('input', { type: 'checkbox', id: 'quiet-on' });
  const from = h('input', { type: 'time', id: 'quiet-from', required: true, value: '22:00' });
  const to = h('input', { type: 'time', id: 'quiet-to', required: true, value: '07:00' });
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zone = h('input', { type: 'text', id: 'quiet-zone', list: 'time-zones', required: true, maxlength: 64 });
  zone.value = here;
  const zones = h(
    'datalist',
    { id: 'time-zones' },
    ...Intl.supportedValuesOf('timeZone').map((name) => h('option', { value: name })),
  );
  const hours = h(
    'div',
    { class: 'quiet-times' },
    h('label', { for: 'quiet-from' }, 'From'),
    from,
    h('label', { for: 'quiet-to' }, 'To'),
    to,
    h('label', { for: 'quiet-zone' }, 'Time zone'),
    zone,
    zones,
  );
  const said = h('p', { class: 'quiet hint', role: 'status' });
  const error = h('p', { class: 'form-error', role: 'alert' });
  const save = h('button', { type: 'submit', class: 'button' }, 'Save quiet hours');
  const form = h(
    'form',
    { class: 'setting', 'aria-label': 'Quiet hours' },
    h('label', { class: 'check', for: 'quiet-on' }, on, 'Quiet hours: nothing is told to my phone'),
    hours,
    said,
    error,
    h('div', { class: 'dialog-foot' }, save),
  );
  const show = () => {
    hours.hidden = !on.checked;
    for (const field of [from, to, zone]) field.disabled = !on.checked;
  };
  on.addEventListener('change', () => {
    fill(said);
    show();
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    fill(said);
    const wanted = on.checked ? { from: from.value, to: to.value, zone: zone.value.trim() } : null;
    const done = await orProblem(
      rest.setQuietHours(wanted).then(() => true),
      error,
    );
    if (done) fill(said, wanted ? `From ${wanted.from} to ${wanted.to}, each day.` : 'There are no quiet hours.');
  });
  show();
  void orProblem(rest.quietHours(), error).then((set) => {
    if (!set) return;
    on.checked = true;
    from.value = set.from;
    to.value = set.to;
    zone.value = set.zone;
    show();
  });
  return form;
}
