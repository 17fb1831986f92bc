import type { Message, Timeline, TimelineEntry } from '../../client/index.ts';
import { dayKey, dayName } from './dates.ts';
import { h } from './dom.ts';
import type { KeyedRow } from './keyed-rows.ts';
import { echoRow, echoSignature, messageRow, messageSignature } from './message-row.ts';
import type { RowContext } from './row-context.ts';

/** One author's messages within this time, ms, stand under one name. */
const COMPACT_MS = 5 * 60_000;

/** A timeline as rows: a divider where a day begins, and before the first message that is new. */
export function messageRows(
  timeline: Timeline,
  context: Omit<RowContext, 'compact'>,
  isNew: ((message: Message) => boolean) | undefined,
): KeyedRow[] {
  const rows: KeyedRow[] = [];
  const me = context.workspace.me.user_id;
  let before: { day: string; userId: string; time: number } | undefined;
  let marked = isNew === undefined;
  for (const entry of timeline.entries()) {
    const { time, userId } = about(entry, me);
    const day = dayKey(time);
    // Imported messages keep their own times, so that a day may begin more than once: the key is the message's.
    if (day !== before?.day) rows.push(divider(`day of ${entry.key}`, 'day', dayName(time)));
    if (!marked && entry.kind === 'message' && isNew!(entry.message)) {
      marked = true;
      rows.push(divider('new', 'new', 'New'));
      before = undefined;
    }
    const at = Date.parse(time);
    const close = before !== undefined && Math.abs(at - before.time) < COMPACT_MS;
    const compact = close && before?.userId === userId && before.day === day;
    rows.push(entryRow(entry, { ...context, compact }));
    before = { day, userId, time: at };
  }
  return rows;
}

function entryRow(entry: TimelineEntry, context: RowContext): KeyedRow {
  if (entry.kind === 'echo') {
    const { draft } = entry;
    return { key: entry.key, signature: echoSignature(draft, context), make: () => echoRow(draft, context) };
  }
  const { message } = entry;
  return { key: entry.key, signature: messageSignature(message, context), make: () => messageRow(message, context) };
}

function about(entry: TimelineEntry, me: string): { time: string; userId: string } {
  if (entry.kind === 'echo') return { time: entry.draft.created_at, userId: me };
  return { time: entry.message.created_at, userId: entry.message.user_id };
}

function divider(key: string, kind: 'day' | 'new', text: string): KeyedRow {
  return {
    key,
    signature: text,
    make: () => h('div', { class: `divider ${kind}`, role: 'separator', 'aria-label': text }, h('span', {}, text)),
  };
}
