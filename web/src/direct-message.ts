import type { Channel } from '../../client/index.ts';
import { openDialog } from './dialog.ts';
import { h } from './dom.ts';
import { orProblem } from './or-problem.ts';
import { PeoplePicker } from './people-picker.ts';
import type { Workspace } from './workspace.ts';

/** Opens the channel of oneself and another. Undefined after showing why not. */
export function directMessage(workspace: Workspace, userId: string, error: HTMLElement): Promise<Channel | undefined> {
  return orProblem(workspace.client.rest.createChannel({ type: 'dm', members: [userId] }), error);
}

/** Finds a person, of whom all are listed before anything is typed; `onDone` gets the channel of the two. */
export function directMessagePicker(
  workspace: Workspace,
  error: HTMLElement,
  onDone: (channel: Channel) => void,
): PeoplePicker {
  const picker = new PeoplePicker(workspace, 'Find people by name', async ({ user_id }) => {
    const channel = await directMessage(workspace, user_id, error);
    if (channel) onDone(channel);
  });
  picker.listAll();
  return picker;
}

export function directMessageDialog(workspace: Workspace, onDone: (channel: Channel) => void): void {
  const error = h('p', { class: 'form-error', role: 'alert' });
  const picker = directMessagePicker(workspace, error, (channel) => {
    dialog.close();
    onDone(channel);
  });
  const dialog = openDialog('Message someone', picker.element, error);
  dialog.addEventListener('close', () => workspace.presences.hide('picker'));
  picker.focus();
}
