import type { Message } from '../../client/index.ts';
import { h } from './dom.ts';
import { emojiOf } from './emoji-names.ts';
import type { RowContext } from './message-row.ts';

const QUICK = ['👍', '❤️', '😂', '🎉', '👀', '✅', '🙏', '🚀'] as const;
const MAX_CHIPS = 20;
const MAX_NAMES = 20;

/** A message's reactions, at most 20 of them; pressing one adds or removes one's own. */
export function reactionChips(message: Message, { workspace, actions, writable }: RowContext): HTMLElement | false {
  const reactions = Object.entries(message.reactions).filter(([, users]) => users.length > 0);
  if (reactions.length === 0) return false;
  const chips = reactions.slice(0, MAX_CHIPS).map(([emoji, users]) => {
    const mine = users.includes(workspace.me.user_id);
    const names = users
      .slice(0, MAX_NAMES)
      .map((id) => workspace.people.name(id))
      .join(', ');
    return h(
      'button',
      {
        type: 'button',
        class: 'chip',
        'aria-pressed': String(mine),
        'aria-label': `${emoji}, ${users.length}: ${names}`,
        title: names,
        disabled: !writable,
        on: { click: () => actions.onReact(message, emoji, !mine) },
      },
      h('span', { class: 'emoji' }, emojiOf(emoji) ?? emoji),
      String(users.length),
    );
  });
  const more = reactions.length - chips.length;
  return h('div', { class: 'chips' }, ...chips, more > 0 && h('span', { class: 'quiet' }, `${more} more`));
}

/** Turns a row's toolbar into a choice of emoji. */
export function reactionStrip(bar: HTMLElement, message: Message, { workspace, actions }: RowContext): void {
  const before = [...bar.children] as HTMLElement[];
  const close = (focus: HTMLElement | undefined) => {
    bar.removeEventListener('focusout', leave);
    bar.removeEventListener('keydown', onEscape);
    exchange(bar, before, focus);
  };
  const leave = (event: FocusEvent) => {
    if (!bar.contains(event.relatedTarget as Node | null)) close(undefined);
  };
  const onEscape = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    close(before[0]);
  };
  const buttons = QUICK.map((emoji) => {
    const mine = message.reactions[emoji]?.includes(workspace.me.user_id) ?? false;
    const click = () => {
      close(before[0]);
      actions.onReact(message, emoji, !mine);
    };
    return h(
      'button',
      { type: 'button', class: 'icon-button emoji', 'aria-label': `React with ${emoji}`, on: { click } },
      emoji,
    );
  });
  exchange(bar, buttons, buttons[0]);
  bar.addEventListener('focusout', leave);
  bar.addEventListener('keydown', onEscape);
}

/** The new come before the old go: a bar that is only shown while the focus is in its row would else be gone between. */
function exchange(bar: HTMLElement, to: readonly HTMLElement[], focus: HTMLElement | undefined): void {
  const from = [...bar.children];
  bar.append(...to);
  focus?.focus();
  for (const old of from) old.remove();
}
