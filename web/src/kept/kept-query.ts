import type { Message } from '../../../client/index.ts';

/** Names as the person who searches knows them. */
export interface QueryNames {
  readonly channel: (channelId: string) => string;
  readonly person: (userId: string) => string;
}

export interface KeptQuery {
  /** Whether any message of this channel can match. */
  readonly inChannel: (channelId: string) => boolean;
  readonly matches: (message: Message) => boolean;
  /** The text, HTML-escaped, with `<em>` around what was found: as the server's highlights. */
  readonly highlight: (text: string) => string;
}

const PART =
  /(?<minus>-?)(?:(?<named>in|from|before|after|has):(?:"(?<long>[^"]*)"|(?<short>\S+))|"(?<quoted>[^"]*)"|(?<bare>\S+))/gi;

type Test = (message: Message) => boolean;

/**
 * Reads a search as the server does, but for its ranking: every word, `pre*`, `"phrase"` and `-word`, in:#name from:@name
 * before:DATE after:DATE has:link; without case and accents. Undefined where nothing is asked.
 */
export function readQuery(q: string, names: QueryNames): KeptQuery | undefined {
  const tests: Test[] = [];
  const channels: ((channelId: string) => boolean)[] = [];
  const marks: string[] = [];
  for (const { groups } of q.matchAll(PART)) {
    const { minus, named, long, short, quoted, bare = '' } = groups!;
    const operator = named?.toLowerCase();
    const value = long ?? short ?? '';
    if (operator === 'in') channels.push((id) => sameName(value, names.channel(id), id));
    else if (operator) tests.push(operatorTest(operator, value, names));
    else {
      const pattern = wordPattern(quoted ?? bare);
      if (pattern === undefined) continue;
      const test = new RegExp(pattern, 'u');
      if (!minus) marks.push(pattern);
      tests.push(({ text }) => test.test(plain(text)) === !minus);
    }
  }
  if (tests.length === 0 && channels.length === 0) return undefined;
  return {
    inChannel: (id) => channels.every((test) => test(id)),
    matches: (message) => !message.deleted && tests.every((test) => test(message)),
    highlight: (text) => highlight(text, marks),
  };
}

function operatorTest(operator: string, value: string, names: QueryNames): Test {
  if (operator === 'from') return ({ user_id }) => sameName(value, names.person(user_id), user_id);
  if (operator === 'has') return ({ text }) => value.toLowerCase() === 'link' && /https?:\/\//.test(text);
  const day = value.slice(0, 10);
  if (operator === 'before') return ({ created_at }) => created_at.slice(0, 10) < day;
  return ({ created_at }) => created_at.slice(0, 10) > day;
}

function sameName(wanted: string, name: string, id: string): boolean {
  const bare = wanted.replace(/^[#@]/, '');
  return bare === id || plain(bare) === plain(name) || plain(bare) === plain(name).split(' ')[0];
}

/** Words match whole, but in scripts that put no spaces between them. */
function wordPattern(typed: string): string | undefined {
  const prefix = /\*$/.test(typed);
  const words = plain(typed).match(/[\p{L}\p{N}_]+/gu);
  if (!words) return undefined;
  const open = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Script=Thai}/u;
  const body = words.join('[^\\p{L}\\p{N}_]+');
  if (open.test(body)) return body;
  return `(?<![\\p{L}\\p{N}_])${body}${prefix ? '[\\p{L}\\p{N}_]*' : ''}(?![\\p{L}\\p{N}_])`;
}

/** Without case and accents. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Marks in the text as it is; where taking accents away changes the number of its letters nothing is marked. */
function highlight(text: string, marks: readonly string[]): string {
  const composed = text.normalize('NFC');
  const letters = [...composed];
  const folded = letters.map(plain);
  if (marks.length === 0 || folded.some((letter, i) => letter.length !== letters[i]!.length))
    return escapeHtml(composed);
  let marked = '';
  let end = 0;
  for (const { 0: found, index } of folded.join('').matchAll(new RegExp(marks.join('|'), 'gu'))) {
    marked += `${escapeHtml(composed.slice(end, index))}<em>${escapeHtml(composed.slice(index, index + found.length))}</em>`;
    end = index + found.length;
  }
  return marked + escapeHtml(composed.slice(end));
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
