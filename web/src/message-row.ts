import { type Draft, erasedUser, type Message } from '../../client/index.ts';
import { avatar } from './avatar.ts';
import { bareTime, fullTime, timeOfDay } from './dates.ts';
import { type Child, h } from './dom.ts';
import { groupsIn } from './groups.ts';
import { icon } from './icon.ts';
import { presenceDot } from './presence-dot.ts';
import { reactionChips, reactionStrip } from './reactions.ts';
import { plainText, richText } from './rich-text-view.ts';
import type { RowActions, RowContext } from './row-context.ts';

const MAX_SPOKEN = 300;

/** Changes whenever a row would look different. */
export function messageSignature(message: Message, { workspace, compact, writable }: RowContext): string {
  const names = [message.user_id, ...message.mentions].map((id) => workspace.people.name(id));
  const groups = groupsIn(message.text).map((id) => [workspace.groups.name(id), workspace.groups.mine(id)]);
  return JSON.stringify([
    message.message_id,
    message.rev,
    message.reply_count,
    message.reactions,
    compact,
    writable,
    names,
    groups,
    workspace.threads.unread(message.message_id),
  ]);
}

export function messageRow(message: Message, context: RowContext): HTMLElement {
  const { workspace, actions } = context;
  const name = workspace.people.name(message.user_id);
  const mentioned = !message.deleted && message.user_id !== workspace.me.user_id && workspace.callsMe(message);
  return frame(
    {
      name,
      userId: message.user_id,
      time: message.created_at,
      compact: context.compact,
      class: mentioned ? 'row mentioned' : 'row',
      id: message.message_id,
      dot:
        message.user_id !== erasedUser && presenceDot(message.user_id, workspace.presences.of(message.user_id), false),
      onPerson: actions.onPerson,
      spoken: message.deleted ? 'deleted' : plainText(message.text, workspace).slice(0, MAX_SPOKEN),
    },
    message.deleted ? h('div', { class: 'text gone' }, 'This message was deleted.') : richText(message.text, workspace),
    editedMark(message, context),
    reactionChips(message, context),
    actions.onThread && message.reply_count > 0 && threadLink(message, context),
    context.writable && toolbar(message, context),
  );
}

/** Those who may read what it said before get there by it. */
function editedMark(message: Message, { workspace, actions }: RowContext): HTMLElement | false {
  if (!message.edited_at || message.deleted) return false;
  const title = `Edited ${fullTime(message.edited_at)}`;
  if (message.user_id !== workspace.me.user_id && !workspace.administers) {
    return h('span', { class: 'edited', title }, '(edited)');
  }
  const click = () => actions.onEdits(message);
  const attributes = { title: `${title}: show earlier texts`, 'aria-haspopup': 'dialog', 'data-focus': 'edits' };
  return h('button', { type: 'button', class: 'edited', ...attributes, on: { click } }, '(edited)');
}

function threadLink(message: Message, { workspace, actions }: RowContext): HTMLElement {
  const { reply_count } = message;
  const unread = workspace.threads.unread(message.message_id);
  return h(
    'button',
    { type: 'button', class: 'thread-link', 'data-focus': 'thread', on: { click: () => actions.onThread?.(message) } },
    icon('reply'),
    reply_count === 1 ? '1 reply' : `${reply_count} replies`,
    unread && h('span', { class: 'tag' }, 'new'),
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
  readonly dot?: HTMLElement | false;
  readonly onPerson?: RowActions['onPerson'];
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
    h('div', { class: 'body' }, !compact && h('div', { class: 'byline' }, author(fields), stamp), ...content),
  );
  reachByRow(row);
  return row;
}

/** Leads to the person, where there is one. */
function author({ name, userId, onPerson }: FrameFields): HTMLElement {
  if (!onPerson || userId === erasedUser) return h('span', { class: 'author' }, name);
  const attributes = { type: 'button', class: 'author', title: `About ${name}`, 'data-focus': 'author' };
  return h('button', { ...attributes, 'aria-haspopup': 'dialog', on: { click: () => onPerson(userId) } }, name);
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
  const { actions, workspace, strip } = context;
  if (message.deleted) return false;
  const mine = message.user_id === workspace.me.user_id;
  const bar = h('div', { class: 'actions', role: 'toolbar', 'aria-label': 'Message actions' });
  const button = (label: string, name: Parameters<typeof icon>[0], click: () => void) => {
    const attributes = { title: label, 'aria-label': label, 'data-focus': label };
    bar.append(h('button', { type: 'button', class: 'icon-button', ...attributes, on: { click } }, icon(name)));
  };
  button('React', 'smile', () => reactionStrip(bar, message, context));
  if (actions.onThread) button('Reply in thread', 'reply', () => actions.onThread?.(message));
  if (actions.onUnread) button('Mark as unread', 'unread', () => actions.onUnread?.(message));
  if (mine) button('Edit', 'edit', () => actions.onEdit(message));
  if (mine || workspace.moderates(message.channel_id)) button('Delete', 'trash', () => actions.onDelete(message));
  if (strip.holds(message)) reactionStrip(bar, message, context, false);
  return bar;
}
