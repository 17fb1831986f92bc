import type { Channel, ChannelRetention } from '../../client/index.ts';
import { confirmDialog } from './dialog.ts';
import { fill, h } from './dom.ts';
import { KeptFor, keptName } from './kept-for.ts';
import { orProblem } from './or-problem.ts';
import type { Workspace } from './workspace.ts';

/** How long a channel's messages are kept; admins and owners say so. */
export function channelRetention(workspace: Workspace, channel: Channel): HTMLElement {
  const { rest } = workspace.client;
  const { channel_id } = channel;
  const now = h('p', { class: 'quiet', role: 'status' }, 'Loading…');
  const error = h('p', { class: 'form-error', role: 'alert' });
  const kept = new KeptFor('Keep messages', [
    { label: 'As the workspace says', days: null },
    { label: 'For good', days: 0 },
  ]);
  const change = h('button', { type: 'button', class: 'button' }, 'Change');
  const row = h('div', { class: 'setting-row', hidden: true }, kept.element, change);
  const show = ({ days, kept_days, history_from }: ChannelRetention) => {
    const why = days === null ? ', as the workspace says' : '';
    fill(now, `Messages here are kept ${keptName(kept_days)}${why}.`, history_from && ' Earlier ones are gone.');
    kept.show(days);
    row.hidden = !workspace.administers;
  };
  change.addEventListener('click', async () => {
    const days = kept.chosen();
    if (days === undefined) return;
    const detail = 'What is older is removed within minutes, for ever, unless a legal hold keeps it.';
    const title = `Keep messages of ${workspace.title(channel)} ${days === null ? 'as the workspace says' : keptName(days)}?`;
    if (days !== 0 && !(await confirmDialog(title, detail, 'Change'))) return;
    const changed = await orProblem(rest.setChannelRetention(channel_id, days), error);
    if (changed) show(changed);
  });
  void orProblem(rest.channelRetention(channel_id), error).then((found) => {
    if (found) show(found);
    else fill(now);
  });
  return h('section', { class: 'setting', 'aria-label': 'How long messages are kept' }, now, row, error);
}
