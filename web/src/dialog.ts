import { type Child, h } from './dom.ts';
import { icon } from './icon.ts';

/** Opens a modal dialog with a title; it leaves the page when closed, and the focus goes back where it was. */
export function openDialog(title: string, ...content: Child[]): HTMLDialogElement {
  const dialog = h(
    'dialog',
    { class: 'dialog', 'aria-label': title },
    h(
      'header',
      { class: 'dialog-head' },
      h('h2', {}, title),
      h(
        'button',
        { type: 'button', class: 'icon-button', 'aria-label': 'Close', on: { click: () => dialog.close() } },
        icon('close'),
      ),
    ),
    ...content,
  );
  return showModal(dialog);
}

/** Shows any dialog element; a click beside it closes it. */
export function showModal(dialog: HTMLDialogElement): HTMLDialogElement {
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Asks; whether the answer was yes. */
export function confirmDialog(title: string, detail: string, yes: string): Promise<boolean> {
  return new Promise((resolve) => {
    const answer = h('button', { type: 'button', class: 'button danger' }, yes);
    const cancel = h('button', { type: 'button', class: 'button', autofocus: true }, 'Cancel');
    const dialog = openDialog(title, h('p', {}, detail), h('div', { class: 'dialog-foot' }, cancel, answer));
    answer.addEventListener('click', () => dialog.close('yes'));
    cancel.addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'));
  });
}
