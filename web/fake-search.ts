import type { Message } from '../client/index.ts';
import { type FakeWorkspace, NAMES, Refusal } from './fake-workspace.ts';

type Test = (message: Message) => boolean;

/** Every word, and the filters `in:`, `from:`, `after:`, `before:` and `has:link`; newest first, whatever the order asked for. */
export function search(workspace: FakeWorkspace, query: URLSearchParams): object {
  const parts = [...(query.get('q') ?? '').matchAll(/(?:(in|from|before|after|has):)?(?:"([^"]*)"|(\S+))/g)];
  const words: string[] = [];
  const tests: Test[] = [];
  for (const [source, key, quoted, bare] of parts) {
    const value = (quoted ?? bare ?? '').toLowerCase();
    if (key) tests.push(filter(workspace, source, key, value.replace(/^[#@]/, '')));
    else words.push(value);
  }
  const found = [...workspace.rooms.values()]
    .flatMap(({ messages }) => messages)
    .filter((message) => tests.every((test) => test(message)))
    .filter(({ text }) => words.every((word) => text.toLowerCase().includes(word)));
  const hits = found
    .slice(-40)
    .reverse()
    .map((message) => {
      const escaped = message.text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
      const marked =
        words.length > 0 ? escaped.replace(new RegExp(`(${words.join('|')})`, 'gi'), '<em>$1</em>') : escaped;
      return { message, score: 1, highlights: [marked] };
    });
  return { hits, total: found.length, next_cursor: null, ...(found.length === 0 ? { suggestion: 'deploy' } : {}) };
}

function filter(workspace: FakeWorkspace, source: string, key: string, value: string): Test {
  if (key === 'in') return ({ channel_id }) => [channel_id, workspace.find(channel_id).channel.name].includes(value);
  if (key === 'from') return ({ user_id }) => user_id === value || NAMES[user_id]?.toLowerCase() === value;
  if (key === 'has') return ({ text }) => text.includes('http');
  if (!/^\d{4}-\d\d-\d\d$/.test(value)) {
    throw new Refusal(400, 'invalid_request', `q: ${source}: ${value} is no day of the form YYYY-MM-DD`);
  }
  if (key === 'after') return ({ created_at }) => created_at.slice(0, 10) > value;
  return ({ created_at }) => created_at.slice(0, 10) < value;
}
