import { h } from './dom.ts';
import { type Token, tokenize } from './rich-text.ts';
import type { Workspace } from './workspace.ts';

/** A message's text as nodes. */
export function richText(text: string, workspace: Workspace): HTMLElement {
  return h('div', { class: 'text' }, ...tokenize(text).map((token) => node(token, workspace)));
}

function node(token: Token, workspace: Workspace): Node | string {
  switch (token.kind) {
    case 'text':
      return token.text;
    case 'code':
      return h('code', {}, token.text);
    case 'block':
      return h('pre', {}, h('code', {}, token.text));
    case 'link':
      return h('a', { href: token.url, target: '_blank', rel: 'noopener noreferrer' }, token.text);
    case 'everyone':
      return h('span', { class: 'mention me' }, `@${token.name}`);
    case 'mention': {
      const mine = token.userId === workspace.me.user_id;
      return h('span', { class: mine ? 'mention me' : 'mention' }, `@${workspace.people.name(token.userId)}`);
    }
  }
}

/** The text in one line, with names for mentions: for previews and titles. */
export function plainText(text: string, workspace: Workspace): string {
  return tokenize(text)
    .map((token) => {
      if (token.kind === 'mention') return `@${workspace.people.name(token.userId)}`;
      return token.kind === 'everyone' ? `@${token.name}` : token.text;
    })
    .join('')
    .replace(/\s+/g, ' ');
}
