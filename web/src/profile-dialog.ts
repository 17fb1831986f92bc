import type { Channel, User } from '../../client/index.ts';
import { avatar } from './avatar.ts';
import { confirmDialog, openDialog } from './dialog.ts';
import { directMessage } from './direct-message.ts';
import { fill, h } from './dom.ts';
import { eraseDialog } from './erase-dialog.ts';
import { orProblem } from './or-problem.ts';
import { presenceDot } from './presence-dot.ts';
import type { Workspace } from './workspace.ts';

const PRESENCE_PART = 'profile';

/** Who someone is; a message to them, and for those who may, the end of their access. */
export async function profileDialog(
  workspace: Workspace,
  userId: string,
  onMessage: (channel: Channel) => void,
): Promise<void> {
  const { rest } = workspace.client;
  const error = h('p', { class: 'form-error', role: 'alert' });
  const content = h('div', { class: 'profile' }, h('p', { class: 'quiet' }, 'Loading…'));
  const dialog = openDialog(workspace.people.name(userId), content, error);
  workspace.presences.show(PRESENCE_PART, [userId]);
  dialog.addEventListener('close', () => workspace.presences.hide(PRESENCE_PART));
  const user = await orProblem(rest.user(userId), error);
  if (!user) {
    fill(content);
    return;
  }
  workspace.people.learn(user);
  const others = userId !== workspace.me.user_id;
  const write = async () => {
    const channel = await directMessage(workspace, userId, error);
    if (!channel) return;
    dialog.close();
    onMessage(channel);
  };
  const end = async (shown: User) => {
    const ended = await endAccess(workspace, shown, error);
    if (ended) show(ended);
  };
  const erase = (shown: User) => eraseDialog(workspace, shown, () => dialog.close());
  const button = (text: string, kind: string, click: () => void) =>
    h('button', { type: 'button', class: `button ${kind}`, on: { click } }, text);
  const show = (shown: User) => {
    const name = shown.name || userId;
    const access = shown.deactivated ? 'Give access back' : 'End access';
    fill(
      content,
      h(
        'div',
        { class: 'profile-who' },
        avatar(userId, name),
        h(
          'div',
          {},
          h('p', { class: 'option-name' }, presenceDot(userId, workspace.presences.of(userId), true), name),
          h(
            'p',
            { class: 'quiet' },
            [userId, shown.role, shown.deactivated && 'no longer here'].filter(Boolean).join(', '),
          ),
        ),
      ),
      h(
        'div',
        { class: 'dialog-foot' },
        others && workspace.owns && button('Erase…', 'danger', () => erase(shown)),
        others && workspace.administers && button(access, '', () => void end(shown)),
        others && !shown.deactivated && button('Message', 'primary', () => void write()),
      ),
    );
  };
  show(user);
}

async function endAccess(workspace: Workspace, user: User, error: HTMLElement): Promise<User | undefined> {
  const title = `End the access of ${user.name || user.user_id}?`;
  const detail = 'They are signed out at once. What they wrote stays, and their access can be given back.';
  if (!user.deactivated && !(await confirmDialog(title, detail, 'End access'))) return undefined;
  return orProblem(workspace.client.rest.setDeactivated(user.user_id, !user.deactivated), error);
}
