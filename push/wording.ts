import type { Message } from '../schemas/generated/types.ts';

/** Longer texts are cut: a lock screen shows no more, and APNs takes 4 KiB in all. */
const shownCodePoints = 200;

interface Wording {
  message: Message;
  author: string;
  /** Null in a dm. */
  channel: string | null;
  /** Messages that the push tells of, this one included. */
  count: number;
  names: ReadonlyMap<string, string>;
}

/** Whose names it may say, fewer than the directory's bound: a mention that is shown takes one code point at least. */
export function shownPeople({ user_id, mentions }: Message): string[] {
  return [user_id, ...mentions.slice(0, shownCodePoints).map((mention) => mention.user_id)];
}

/** What a lock screen says. */
export function worded({ message, author, channel, count, names }: Wording): { title: string; body: string } {
  const title = channel === null ? author : `${author} in #${channel}`;
  const text = cut(plain(message.text, names));
  return { title, body: count > 1 ? `${count} new messages. ${text}` : text };
}

/** Where the workspace lets pushes say nothing of who wrote what. */
export function withheld(count: number): { title: string; body: string } {
  return { title: 'Millrace', body: count > 1 ? `You have ${count} new messages` : 'You have a new message' };
}

/** Slack's marks as they are read: names for ids, labels or addresses for links. */
function plain(text: string, names: ReadonlyMap<string, string>): string {
  return text
    .replaceAll(
      /<@(([^<>|]+)[^<>]*)>/g,
      (_, id: string, first: string) => `@${names.get(id) ?? names.get(first) ?? id}`,
    )
    .replaceAll(/<!(channel|here)>/g, '@$1')
    .replaceAll(/<!group:[^>]+>/g, '@group')
    .replaceAll(/<(https?:[^>|]+)\|([^>]+)>/g, '$2')
    .replaceAll(/<(https?:[^>]+)>/g, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function cut(text: string): string {
  const points = [...text];
  return points.length <= shownCodePoints ? text : `${points.slice(0, shownCodePoints - 1).join('')}…`;
}
