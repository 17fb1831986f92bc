import { h } from './dom.ts';
import { type Token, tokenize } from './rich-text.ts';
import type { Workspace } from './workspace.ts';

const STYLED = { bold: 'b', italic: 'i', struck: 's' } as const;

/** A message's text as nodes. */
export function richText(text: string, workspace: Workspace): HTMLElement {
  return h('div', { class: 'text' }, ...nodes(tokenize(text), workspace));
}

function nodes(tokens: readonly Token[], workspace: Workspace): (Node | string)[] {
  return tokens.map((token) => node(token, workspace));
}

function node(token: Token, workspace: Workspace): Node | string {
  switch (token.kind) {
    case 'text':
      return token.text;
    case 'code':
      return h('code', {}, token.text);
    case 'block':
      return h('pre', { tabindex: -1 }, h('code', {}, token.text));
    case 'link': {
      // Where it really leads, for one whose text says something else.
      const title = token.text === token.url ? undefined : token.url;
      return h('a', { href: token.url, target: '_blank', rel: 'noopener noreferrer', title }, token.text);
    }
    case 'styled':
      return h(STYLED[token.style], {}, ...nodes(token.tokens, workspace));
    case 'quote':
      return h('blockquote', {}, ...nodes(token.tokens, workspace));
    case 'everyone':
      return h('span', { class: 'mention me' }, `@${token.name}`);
    case 'group': {
      const mine = workspace.groups.mine(token.groupId);
      return h('span', { class: mine ? 'mention me' : 'mention' }, `@${workspace.groups.name(token.groupId)}`);
    }
    case 'mention': {
      const mine = token.userId === workspace.me.user_id;
      return h('span', { class: mine ? 'mention me' : 'mention' }, `@${workspace.people.name(token.userId)}`);
    }
  }
}

/** The text in one line, with names for mentions: for previews and titles. */
export function plainText(text: string, workspace: Workspace): string {
  return plain(tokenize(text), workspace).replace(/\s+/g, ' ').trim();
}

function plain(tokens: readonly Token[], workspace: Workspace): string {
  return tokens
    .map((token) => {
      if (token.kind === 'mention') return `@${workspace.people.name(token.userId)}`;
      if (token.kind === 'group') return `@${workspace.groups.name(token.groupId)}`;
      if (token.kind === 'everyone') return `@${token.name}`;
      if (token.kind === 'quote') return ` ${plain(token.tokens, workspace)} `;
      if (token.kind === 'block') return ` ${token.text} `;
      return token.kind === 'styled' ? plain(token.tokens, workspace) : token.text;
    })
    .join('');
}
