import { emojiOf } from './emoji-names.ts';

/** A piece of a message's text, in the order of reading. */
export type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'mention'; readonly userId: string }
  | { readonly kind: 'everyone'; readonly name: 'channel' | 'here' }
  | { readonly kind: 'group'; readonly groupId: string }
  | { readonly kind: 'link'; readonly url: string; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'block'; readonly text: string }
  | { readonly kind: 'styled'; readonly style: 'bold' | 'italic' | 'struck'; readonly tokens: readonly Token[] }
  | { readonly kind: 'quote'; readonly tokens: readonly Token[] };

const BLOCK = /```(?:[^\S\n]*\n)?([\s\S]*?)\n?```\n*/g;
const QUOTE = /(?:^>(?: .*)?(?:\n|$))+/gm;
const STYLES = { '*': 'bold', _: 'italic', '~': 'struck' } as const;
const INLINE = new RegExp(
  [
    '`(?<code>[^`\\n]+)`',
    '<@(?<user>[^\\s<>]{1,256})>',
    '<!(?<everyone>channel|here)>',
    '<!group:(?<group>[^\\s<>|]{1,128})(?:\\|[^<>]{0,200})?>',
    // As Slack writes what its users typed: a link in angle brackets, perhaps with what it is called, and channels.
    '<(?<wrapped>https?://[^\\s<>|"]+)(?:\\|(?<label>[^<>\\n]+))?>',
    '<#[^\\s<>|]+\\|(?<channel>[^\\s<>]+)>',
    '(?<bare>\\bhttps?://[^\\s<>"\'`]+)',
    ':(?<emoji>[a-z0-9_+-]{1,32}):',
    // A sign means emphasis only where a word begins, and where one ends: not in snake_case, nor in 2 * 3 * 4. Bounded,
    // for each sign on a line looks for its other half.
    '(?<=^|[\\s([{"\'“‘—-])(?<sign>[*_~])(?=[^\\s*_~])(?<inner>(?:`[^`\\n]{0,200}`|[^\\n`]){1,400}?(?<![\\s*_~]))\\k<sign>(?![\\p{L}\\p{N}*_~])',
  ].join('|'),
  'gmu',
);

/** Splits a message's text. Only http and https become links; what does not match stays text, character by character. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let from = 0;
  for (const match of text.matchAll(BLOCK)) {
    if (match[1] === '') continue;
    lines(text.slice(from, match.index).replace(/\n+$/, ''), tokens);
    tokens.push({ kind: 'block', text: match[1]! });
    from = match.index + match[0].length;
  }
  lines(text.slice(from), tokens);
  return tokens;
}

/** Lines that begin with `>` are quotes. */
function lines(text: string, tokens: Token[]): void {
  let from = 0;
  for (const match of text.matchAll(QUOTE)) {
    inline(text.slice(from, match.index).replace(/\n$/, ''), tokens);
    const quoted: Token[] = [];
    inline(match[0].replace(/^> ?/gm, '').replace(/\n$/, ''), quoted);
    tokens.push({ kind: 'quote', tokens: quoted });
    from = match.index + match[0].length;
  }
  inline(text.slice(from), tokens);
}

function inline(text: string, tokens: Token[]): void {
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    const found = read(match.groups!);
    if (!found) continue;
    if (match.index > from) tokens.push({ kind: 'text', text: text.slice(from, match.index) });
    tokens.push(found.token);
    from = match.index + (found.length ?? match[0].length);
  }
  if (from < text.length) tokens.push({ kind: 'text', text: text.slice(from) });
}

/** What a match means, and how much of it is meant, if not all. */
function read(groups: Record<string, string | undefined>): { token: Token; length?: number } | undefined {
  const { code, user, everyone, group, wrapped, label, channel, bare, emoji, sign, inner } = groups;
  if (code !== undefined) return { token: { kind: 'code', text: code } };
  if (user !== undefined) return { token: { kind: 'mention', userId: user } };
  if (everyone !== undefined) return { token: { kind: 'everyone', name: everyone as 'channel' | 'here' } };
  if (group !== undefined) return { token: { kind: 'group', groupId: group } };
  if (wrapped !== undefined) return { token: { kind: 'link', url: wrapped, text: label ?? wrapped } };
  if (channel !== undefined) return { token: { kind: 'text', text: `#${channel}` } };
  if (bare !== undefined) {
    const url = trimUrl(bare);
    return { token: { kind: 'link', url, text: url }, length: url.length };
  }
  if (emoji !== undefined) {
    const char = emojiOf(emoji);
    return char === undefined ? undefined : { token: { kind: 'text', text: char } };
  }
  const tokens: Token[] = [];
  inline(inner!, tokens);
  return { token: { kind: 'styled', style: STYLES[sign as keyof typeof STYLES], tokens } };
}

/** A sentence's own punctuation is no part of the URL that ends it, nor is a bracket opened before it. */
function trimUrl(url: string): string {
  let end = url.length;
  for (; end > 0; end--) {
    const last = url[end - 1]!;
    if ('.,;:!?'.includes(last)) continue;
    if (last === ')' && count(url.slice(0, end), ')') > count(url.slice(0, end), '(')) continue;
    break;
  }
  return url.slice(0, end);
}

function count(text: string, char: string): number {
  return text.split(char).length - 1;
}
