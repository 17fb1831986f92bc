import type { User } from '../../client/index.ts';
import { openDialog } from './dialog.ts';
import { h } from './dom.ts';
import { orProblem } from './or-problem.ts';
import type { Workspace } from './workspace.ts';

/** Erases a person, once their name was typed; there is no way back. */
export function eraseDialog(workspace: Workspace, user: User, onDone: () => void): void {
  const name = user.name || user.user_id;
  const typed = h('input', { type: 'text', id: 'erase-name', autocomplete: 'off', required: true });
  const error = h('p', { class: 'form-error', role: 'alert' });
  const erase = h('button', { type: 'submit', class: 'button danger', disabled: true }, 'Erase for ever');
  const form = h(
    'form',
    {},
    h(
      'p',
      {},
      'Their access ends now. All that they wrote, their reactions, and their name where others mention them are taken away within minutes, for ever. What a legal hold keeps waits for its release.',
    ),
    h('label', { for: 'erase-name' }, `To go on, type: ${name}`),
    typed,
    error,
    h('div', { class: 'dialog-foot' }, erase),
  );
  const dialog = openDialog(`Erase ${name}?`, form);
  typed.addEventListener('input', () => {
    erase.disabled = typed.value.trim() !== name.trim();
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (erase.disabled) return;
    erase.disabled = true;
    const erasure = await orProblem(workspace.client.rest.erase(user.user_id), error);
    erase.disabled = false;
    if (!erasure) return;
    workspace.people.forget(user.user_id);
    dialog.close();
    onDone();
  });
  typed.focus();
}
