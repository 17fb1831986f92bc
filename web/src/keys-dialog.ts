import { openDialog } from './dialog.ts';
import { h } from './dom.ts';

const command = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl';

const KEYS: readonly (readonly [readonly string[], string])[] = [
  [['?'], 'Show these keys'],
  [[command, 'K'], 'Go to a channel'],
  [[command, 'Shift', 'F'], 'Search'],
  [['Alt', '↑'], 'The channel above'],
  [['Alt', '↓'], 'The channel below'],
  [['Esc'], 'Close what is open; else mark this channel as read'],
  [['Shift', 'Esc'], 'Mark all channels as read'],
  [['U'], 'On a message: mark it and what follows as unread'],
  [['Enter'], 'Send; on a message: open its thread'],
  [['Shift', 'Enter'], 'Begin a new line'],
  [['↑'], 'In an empty field: change your last message'],
  [['↑', '↓'], 'Move in lists and among messages'],
  [['Tab'], 'On a message: what can be done with it'],
  [['@'], 'Mention someone'],
];

/** Lists what the keyboard does. */
export function keysDialog(): void {
  const rows = KEYS.flatMap(([keys, meaning]) => [
    h('dt', {}, ...keys.map((key) => h('kbd', {}, key))),
    h('dd', {}, meaning),
  ]);
  openDialog('Keys', h('dl', { class: 'keys' }, ...rows));
}
