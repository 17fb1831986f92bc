import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EventFrame, erasedUser, type Message } from '../../../client/index.ts';
import { messageOf } from '../../../client/scripted-server.ts';
import {
  emptyHistory,
  erasedBy,
  type KeptHistory,
  threadOf,
  windowOf,
  withEvent,
  withoutBelow,
  withoutPerson,
  withReplies,
  withWindow,
} from './kept-history.ts';

const created = (rev: number, fields: Partial<Message> = {}): EventFrame => {
  const message = messageOf('c', rev, fields);
  return { type: 'event', channel_id: 'c', rev, event: { kind: 'message.created', message } };
};
const changed = (rev: number, message: Message, fields: Partial<Message>): EventFrame => ({
  type: 'event',
  channel_id: 'c',
  rev,
  event: { kind: fields.deleted ? 'message.deleted' : 'message.edited', message: { ...message, ...fields, rev } },
});
const apply = (history: KeptHistory, ...frames: EventFrame[]) => frames.reduce(withEvent, history);
const texts = (history: KeptHistory) => windowOf(history).messages.map(({ text }) => text);
const upTo = (count: number, fields: Partial<Message> = {}) =>
  Array.from({ length: count }, (_, i) => created(i + 1, { text: `note ${i + 1}`, ...fields }));

test('keeps what is said, edits it, and forgets the text of what is deleted', () => {
  const first = messageOf('c', 1, { text: 'secret' });
  const history = apply(
    emptyHistory('c', 0),
    created(1, { text: 'secret' }),
    created(2, { text: 'teh' }),
    changed(3, messageOf('c', 2), { text: 'the' }),
    changed(4, first, { text: '', deleted: true }),
  );
  assert.deepEqual(texts(history), ['', 'the']);
  assert.equal(windowOf(history).has_more_before, false);
  assert.equal(history.rev, 4);
  assert.ok(!JSON.stringify(history).includes('secret'));
});

test('takes each event once', () => {
  const frames = upTo(3);
  assert.deepEqual(apply(emptyHistory('c', 0), ...frames, ...frames), apply(emptyHistory('c', 0), ...frames));
});

test('begins anew after a gap', () => {
  const history = apply(emptyHistory('c', 0), created(1), created(2), created(5, { text: 'after' }));
  assert.deepEqual(texts(history), ['after']);
  assert.equal(windowOf(history).has_more_before, true);
});

test('keeps 200 messages, and texts of 200,000 characters: the oldest go', () => {
  const many = apply(emptyHistory('c', 0), ...upTo(230));
  assert.equal(texts(many).length, 200);
  assert.equal(texts(many)[0], 'note 31');
  assert.equal(windowOf(many).has_more_before, true);
  const long = apply(emptyHistory('c', 0), ...upTo(40, { text: 'x'.repeat(8_000) }));
  assert.equal(texts(long).length, 25);
});

test('joins what is on the screen to what is kept, where there is no gap between', () => {
  const kept = apply(emptyHistory('c', 0), ...upTo(10));
  const seen = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => messageOf('c', from + i, { text: `seen ${from + i}` }));
  const joined = withWindow(kept, { rev: 10, messages: seen(8, 10), whole: false });
  assert.deepEqual(texts(joined).slice(-5), ['note 6', 'note 7', 'seen 8', 'seen 9', 'seen 10']);
  assert.equal(windowOf(joined).has_more_before, false);
  const apart = withWindow(kept, { rev: 30, messages: seen(28, 30), whole: false });
  assert.deepEqual(texts(apart), ['seen 28', 'seen 29', 'seen 30']);
  assert.equal(windowOf(apart).has_more_before, true);
  assert.equal(withWindow(kept, { rev: 9, messages: seen(8, 9), whole: false }), kept);
});

test('keeps replies with their root, and counts them there', () => {
  const root = messageOf('c', 1).message_id;
  const reply = messageOf('c', 2, { text: 'a reply', thread_id: root });
  let history = apply(emptyHistory('c', 0), created(1, { text: 'the root' }), created(2, reply));
  assert.deepEqual(texts(history), ['the root']);
  assert.deepEqual(
    threadOf(history, root)?.messages.map(({ text, reply_count }) => [text, reply_count]),
    [
      ['the root', 1],
      ['a reply', 0],
    ],
  );
  history = withReplies(emptyHistory('c', 9), 9, [messageOf('c', 1), reply]);
  assert.equal(threadOf(history, root), undefined);
  assert.deepEqual(texts(history), []);
});

test('counts each reply once, also where the window was read ahead of the events', () => {
  const root = messageOf('c', 1, { reply_count: 3 });
  // Events tell of a message as it is by now.
  const frames = [created(1, root), ...[2, 3, 4, 5].map((rev) => created(rev, { thread_id: root.message_id }))];
  const count = (history: KeptHistory) => windowOf(history).messages.map(({ reply_count }) => reply_count);
  const seen = { rev: 1, messages: [root], whole: true, counted: { [root.message_id]: 4 } };
  assert.deepEqual(count(apply(withWindow(emptyHistory('c', 1), seen), ...frames.slice(1))), [4]);
  assert.deepEqual(count(apply(withWindow(emptyHistory('c', 0), { ...seen, rev: 0 }), ...frames)), [4]);
  assert.deepEqual(count(apply(emptyHistory('c', 0), ...frames)), [4]);
});

test('forgets what lies below the line of what is kept, and knows that nothing is before it', () => {
  const history = { ...apply(emptyHistory('c', 0), ...upTo(4)), whole: false };
  const line = history.messages[2]!.message_id;
  const trimmed = withoutBelow(history, line);
  assert.deepEqual(texts(trimmed), ['note 3', 'note 4']);
  assert.equal(windowOf(trimmed).has_more_before, false);
  assert.equal(withoutBelow(trimmed, line), trimmed);
});

test('forgets a person who was erased: words, reactions, and name', () => {
  const said = created(1, { user_id: 'zoe', text: 'words of zoe' });
  const reactions = { a: ['zoe', 'bob'], b: ['zoe'] };
  const history = apply(emptyHistory('c', 0), said, created(2, { user_id: 'bob', reactions }), created(3));
  const message = { ...history.messages[0]!, user_id: erasedUser, text: '', deleted: true, rev: 4 };
  const erased: EventFrame = { type: 'event', channel_id: 'c', rev: 4, event: { kind: 'message.deleted', message } };
  assert.equal(erasedBy(history, erased), 'zoe');
  assert.equal(erasedBy(history, changed(4, history.messages[1]!, { deleted: true })), undefined);
  const without = withoutPerson(history, 'zoe');
  assert.ok(!JSON.stringify(without).includes('zoe'));
  assert.deepEqual(without.messages[1]!.reactions, { a: ['bob'] });
  assert.equal(without.messages[2], history.messages[2]);
  assert.equal(withoutPerson(without, 'zoe'), without);
});
