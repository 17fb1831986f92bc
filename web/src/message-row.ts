import type { Draft, Message } from '../../client/index.ts';
import { avatar } from './avatar.ts';
import { bareTime, fullTime, timeOfDay } from './dates.ts';
import { type Child, h } from './dom.ts';
import { icon } from './icon.ts';
import { presenceDot } from './presence-dot.ts';
import { reactionChips, reactionStrip } from './reactions.ts';
import { plainText, richText } from './rich-text-view.ts';
import type { Workspace } from './workspace.ts';

const MAX_SPOKEN = 300;

/** What a row can ask for. */
export interface RowActions {
  /** Absent inside a thread. */
  readonly onThread?: (message: Message) => void;
  readonly onEdit: (message: Message) => void;
  readonly onDelete: (message: Message) => void;
  readonly onReact: (message: Message, emoji: string, on: boolean) => void;
  readonly onRetry: (draft: Draft) => void;
  readonly onDiscard: (draft: Draft) => void;
}

export interface RowContext {
  readonly workspace: Workspace;
  readonly actions: RowActions;
  /** Follows a message of the same author closely: no name and picture. */
  readonly compact: boolean;
  /** Whether one may change the message at all: not while only looking into a channel. */
  readonly writable: boolean;
}

/** Changes whenever a row would look different. */
export function messageSignature(message: Message, { workspace, compact, writable }: RowContext): string {
  const names = [message.user_id, ...message.mentions].map((id) => workspace.people.name(id));
  return JSON.stringify([
    message.message_id,
    message.rev,
    message.reply_count,
    message.reactions,
    compact,
    writable,
    names,
  ]);
}

export function messageRow(message: Message, context: RowContext): HTMLElement {
  const { workspace, actions } = context;
  const name = workspace.people.name(message.user_id);
  const mentioned =
    !message.deleted && message.user_id !== workspace.me.user_id && workspace.unread.mentionsMe(message);
  const replies = message.reply_count;
  return frame(
    {
      name,
      userId: message.user_id,
      time: message.created_at,
      compact: context.compact,
      class: mentioned ? 'row mentioned' : 'row',
      id: message.message_id,
      dot: presenceDot(message.user_id, workspace.presences.of(message.user_id), false),
      spoken: message.deleted ? 'deleted' : plainText(message.text, workspace).slice(0, MAX_SPOKEN),
    },
    message.deleted ? h('div', { class: 'text gone' }, 'This message was deleted.') : richText(message.text, workspace),
    message.edited_at &&
      !message.deleted &&
      h('span', { class: 'edited', title: fullTime(message.edited_at) }, '(edited)'),
    reactionChips(message, context),
    actions.onThread &&
      replies > 0 &&
      h(
        'button',
        { type: 'button', class: 'thread-link', on: { click: () => actions.onThread?.(message) } },
        icon('reply'),
        replies === 1 ? '1 reply' : `${replies} replies`,
      ),
    context.writable && toolbar(message, context),
  );
}

export function echoSignature(draft: Draft, { compact, workspace }: RowContext): string {
  return JSON.stringify([
    draft.client_msg_id,
    draft.status,
    draft.error?.detail,
    compact,
    workspace.people.name(workspace.me.user_id),
  ]);
}

export function echoRow(draft: Draft, { workspace, actions, compact }: RowContext): HTMLElement {
  const failed = draft.status === 'failed';
  return frame(
    {
      name: workspace.people.name(workspace.me.user_id),
      userId: workspace.me.user_id,
      time: draft.created_at,
      compact,
      class: failed ? 'row echo failed' : 'row echo',
      id: draft.client_msg_id,
      spoken: `${failed ? 'not sent' : 'sending'}: ${plainText(draft.text, workspace).slice(0, MAX_SPOKEN)}`,
    },
    richText(draft.text, workspace),
    failed
      ? h(
          'div',
          { class: 'failure', role: 'alert' },
          `Not sent: ${draft.error?.detail ?? 'the server refused it'} `,
          h('button', { type: 'button', class: 'link', on: { click: () => actions.onRetry(draft) } }, 'Retry'),
          h('button', { type: 'button', class: 'link', on: { click: () => actions.onDiscard(draft) } }, 'Discard'),
        )
      : h('span', { class: 'visually-hidden' }, 'Sending'),
  );
}

interface FrameFields {
  readonly name: string;
  readonly userId: string;
  readonly time: string;
  readonly compact: boolean;
  readonly class: string;
  readonly id: string;
  /** The author's presence; a draft has none. */
  readonly dot?: HTMLElement;
  /** What a screen reader says of the row when it gets the focus. */
  readonly spoken: string;
}

function frame(fields: FrameFields, ...content: Child[]): HTMLElement {
  const { name, userId, time, compact } = fields;
  const stamp = h('time', { datetime: time, title: fullTime(time) }, compact ? bareTime(time) : timeOfDay(time));
  const row = h(
    'article',
    {
      class: compact ? `${fields.class} compact` : fields.class,
      tabindex: -1,
      'data-id': fields.id,
      'aria-label': `${name}, ${timeOfDay(time)}: ${fields.spoken}`,
    },
    h('div', { class: 'gutter' }, ...(compact ? [stamp] : [avatar(userId, name), fields.dot])),
    h(
      'div',
      { class: 'body' },
      !compact && h('div', { class: 'byline' }, h('span', { class: 'author' }, name), stamp),
      ...content,
    ),
  );
  reachByRow(row);
  return row;
}

/**
 * Takes a row's controls out of the tab order until the row has the focus, so that one Tab, not hundreds, leads past
 * the messages. Those of a failed one stay in it: they ask for an answer.
 */
function reachByRow(row: HTMLElement): void {
  const set = (index: number) => {
    row.tabIndex = index;
    for (const control of row.querySelectorAll<HTMLElement>('a, button, pre')) {
      if (!control.closest('.failure')) control.tabIndex = index;
    }
  };
  set(-1);
  row.addEventListener('focusin', () => set(0));
  row.addEventListener('focusout', (event) => {
    if (!row.contains(event.relatedTarget as Node | null)) set(-1);
  });
}

function toolbar(message: Message, context: RowContext): HTMLElement | false {
  const { actions, workspace } = context;
  if (message.deleted) return false;
  const mine = message.user_id === workspace.me.user_id;
  const bar = h('div', { class: 'actions', role: 'toolbar', 'aria-label': 'Message actions' });
  const button = (label: string, name: Parameters<typeof icon>[0], click: () => void) =>
    h('button', { type: 'button', class: 'icon-button', title: label, 'aria-label': label, on: { click } }, icon(name));
  bar.append(button('React', 'smile', () => reactionStrip(bar, message, context)));
  if (actions.onThread) bar.append(button('Reply in thread', 'reply', () => actions.onThread?.(message)));
  if (mine) bar.append(button('Edit', 'edit', () => actions.onEdit(message)));
  if (mine) bar.append(button('Delete', 'trash', () => actions.onDelete(message)));
  return bar;
}
