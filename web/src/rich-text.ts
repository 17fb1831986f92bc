/** A piece of a message's text, in the order of reading. */
export type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'mention'; readonly userId: string }
  | { readonly kind: 'everyone'; readonly name: 'channel' | 'here' }
  | { readonly kind: 'link'; readonly url: string; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'block'; readonly text: string };

const BLOCK = /```(?:[^\S\n]*\n)?([\s\S]*?)\n?```\n?/g;
const INLINE = /`([^`\n]+)`|<@([^\s<>]{1,256})>|<!(channel|here)>|\bhttps?:\/\/[^\s<>"'`]+/g;

/** Splits a message's text. Only http and https become links; what does not match stays text, character by character. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let from = 0;
  for (const match of text.matchAll(BLOCK)) {
    if (match[1] === '') continue;
    inline(text.slice(from, match.index).replace(/\n$/, ''), tokens);
    tokens.push({ kind: 'block', text: match[1]! });
    from = match.index + match[0].length;
  }
  inline(text.slice(from), tokens);
  return tokens;
}

function inline(text: string, tokens: Token[]): void {
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    const [all, code, userId, everyone] = match;
    let end = match.index + all.length;
    let token: Token;
    if (code !== undefined) token = { kind: 'code', text: code };
    else if (userId !== undefined) token = { kind: 'mention', userId };
    else if (everyone !== undefined) token = { kind: 'everyone', name: everyone as 'channel' | 'here' };
    else {
      const url = trimUrl(all);
      end = match.index + url.length;
      token = { kind: 'link', url, text: url };
    }
    if (match.index > from) tokens.push({ kind: 'text', text: text.slice(from, match.index) });
    tokens.push(token);
    from = end;
  }
  if (from < text.length) tokens.push({ kind: 'text', text: text.slice(from) });
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
