import { MillraceError } from '../../platform/errors/error.ts';
import { limits } from '../limits.ts';

/** What a text holds that no store keeps: all halves of surrogate pairs become one sign, and two ids one; PostgreSQL has no NUL. */
export function unkeptIn(text: string): string | undefined {
  if (!text.isWellFormed()) return 'holds half of a surrogate pair';
  return text.includes('\0') ? 'holds a NUL character' : undefined;
}

/** Checks a message's text by the contract; keeps it as sent. Error: `invalid_request`. */
export function checkText(text: string, field = 'text'): void {
  const unkept = unkeptIn(text);
  if (unkept) throw new MillraceError('invalid_request', `${field}: ${unkept}`);
  // Unicode's blanks, and the byte order mark that JavaScript takes for one.
  if (/^[\p{White_Space}\ufeff]*$/u.test(text))
    throw new MillraceError('invalid_request', `${field}: is empty or only blanks`);
  checkLength(text, field);
}

export function checkLength(text: string, field: string): void {
  // Cheap for the most: only a text with more units than that can have more code points.
  if (text.length > limits.text_code_points && [...text].length > limits.text_code_points) {
    throw new MillraceError('invalid_request', `${field}: has more than ${limits.text_code_points} characters`);
  }
}

/** What may be ids of those whom a text names, each once: 2,667 at most, for `<@a|b>` is two in six characters. */
export function namedPeople(text: string): string[] {
  return [...new Set(marksOf(text).flat())];
}

/** Those of the members whom a text names, each once. */
export function mentionedAmong(text: string, members: ReadonlySet<string>): string[] {
  return [...new Set(marksOf(text).flatMap((ids) => ids.find((id) => members.has(id)) ?? []))];
}

/** Of each <@…> whom it may name, the likelier first: an id may hold a | itself, else a label follows it. */
function marksOf(text: string): string[][] {
  if (!text.includes('<@')) return [];
  return Array.from(text.matchAll(/<@(([^<>|]*)[^<>]*)>/g), ([, whole, first]) =>
    [...new Set([whole!, first!])].filter((id) => id.length >= 1 && id.length <= 128),
  );
}

/** The ids of groups that a text names as <!group:id>, each once, at most `limits.groups_mentioned`. */
export function namedGroups(text: string): string[] {
  if (!text.includes('<!group:')) return [];
  const found = new Set<string>();
  for (const [, id] of text.matchAll(/<!group:([^<>|\s]{1,128})(?:\|[^<>]*)?>/g)) {
    found.add(id!);
    if (found.size >= limits.groups_mentioned) break;
  }
  return [...found];
}

export function mentionsChannel(text: string): boolean {
  return text.includes('<!channel>');
}

export function mentionsHere(text: string): boolean {
  return text.includes('<!here>');
}

export function checkEmoji(emoji: string): void {
  const length = [...emoji].length;
  if (length < 1 || length > limits.emoji_code_points || /[\p{Cc} ]/u.test(emoji) || !emoji.isWellFormed()) {
    throw new MillraceError(
      'invalid_request',
      `emoji: must be a name or a character, of 1 to ${limits.emoji_code_points} code points`,
    );
  }
}
