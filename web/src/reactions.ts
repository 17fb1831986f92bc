import type { Message } from '../../client/index.ts';
import { h } from './dom.ts';
import { emojiOf } from './emoji-names.ts';
import type { RowContext } from './row-context.ts';

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
        'data-focus': `chip ${emoji}`,
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

/** Turns a row's toolbar into a choice of emoji. `focus`: not where it was open before its row was made anew. */
export function reactionStrip(bar: HTMLElement, message: Message, context: RowContext, focus = true): void {
  const { workspace, actions, strip } = context;
  const before = [...bar.children] as HTMLElement[];
  const close = (to: HTMLElement | undefined) => {
    bar.removeEventListener('focusout', leave);
    bar.removeEventListener('keydown', onEscape);
    strip.closed(bar);
    exchange(bar, before, to);
  };
  const leave = (event: FocusEvent) => {
    // Gone with its row, as when that is paged out.
    if (!bar.isConnected) strip.closed(bar);
    else if (!bar.contains(event.relatedTarget as Node | null)) close(undefined);
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
    const label = `React with ${emoji}`;
    const attributes = { 'aria-label': label, 'data-focus': label, on: { click } };
    return h('button', { type: 'button', class: 'icon-button emoji', ...attributes }, emoji);
  });
  exchange(bar, buttons, focus ? buttons[0] : undefined);
  strip.opened(message, bar);
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
