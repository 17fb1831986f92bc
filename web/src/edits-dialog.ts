import { type Message, MillraceError } from '../../client/index.ts';
import { fullTime } from './dates.ts';
import { openDialog } from './dialog.ts';
import { fill, h } from './dom.ts';
import { richText } from './rich-text-view.ts';
import type { Workspace } from './workspace.ts';

/** Shows what a message said before, the newest first: for its author, admins and owners. */
export async function editsDialog(workspace: Workspace, message: Message): Promise<void> {
  const list = h('ol', { class: 'versions', 'aria-busy': 'true' }, h('li', { class: 'quiet' }, 'Loading…'));
  openDialog('Earlier texts', list);
  const version = (what: string, time: string, text: string) =>
    h(
      'li',
      {},
      h('p', { class: 'quiet' }, what, h('time', { datetime: time }, fullTime(time))),
      richText(text, workspace),
    );
  const now = message.edited_at && version('Now, since ', message.edited_at, message.text);
  if (workspace.history.offline) {
    fill(list, now, h('li', { class: 'quiet' }, 'Earlier texts are not kept on this device: you are offline.'));
    return;
  }
  try {
    const versions = await workspace.client.rest.edits(message.channel_id, message.message_id);
    fill(
      list,
      now,
      ...versions.map(({ written_at, text }) => version('Written ', written_at, text)),
      versions.length === 0 && h('li', { class: 'quiet' }, 'No earlier text is kept.'),
    );
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    fill(list, now, h('li', { class: 'form-error', role: 'alert' }, error.detail));
  } finally {
    list.removeAttribute('aria-busy');
  }
}
