import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message } from '../../client/index.ts';
import { UnreadCounts } from './unread-counts.ts';

const message = (seq: number, fields: Partial<Message> = {}) =>
  ({ channel_id: 'a', seq, user_id: 'bob', text: '', mentions: [], thread_id: null, ...fields }) as unknown as Message;

function counts(): UnreadCounts {
  const unread = new UnreadCounts('me');
  unread.load([{ channel_id: 'a', last_seq: 5, last_read_seq: 3, unread: 2, mentions: 0 }]);
  return unread;
}

test('counts new messages and mentions; replies only as mentions', () => {
  const unread = counts();
  unread.created(message(6, { mentions: ['me'] }));
  unread.created(message(4, { thread_id: '1', text: '<!here>' }));
  const { last_seq, unread: count, mentions } = unread.get('a');
  assert.deepEqual([last_seq, count, mentions], [6, 3, 2]);
  assert.deepEqual(unread.total(), { unread: 3, mentions: 2 });
});

test('a muted channel is left out of the total', () => {
  const unread = counts();
  unread.created({ ...message(1), channel_id: 'b' });
  assert.deepEqual(
    unread.total((id) => id === 'a'),
    { unread: 1, mentions: 0 },
  );
});

test('what the counts already hold is not counted again', () => {
  const unread = counts();
  unread.created(message(5, { mentions: ['me'] }));
  assert.deepEqual(unread.total(), { unread: 2, mentions: 0 });
});

test('sending reads the channel', () => {
  const unread = counts();
  unread.created(message(6, { mentions: ['me'] }));
  unread.created(message(7, { user_id: 'me' }));
  assert.deepEqual(unread.total(), { unread: 0, mentions: 0 });
});

test('an answer that was read before an event takes nothing of it back', () => {
  const unread = counts();
  const old = [{ channel_id: 'a', last_seq: 5, last_read_seq: 3, unread: 2, mentions: 0 }];
  const asked = unread.mark;
  unread.created(message(6, { mentions: ['me'] }));
  unread.created({ ...message(1), channel_id: 'new' });
  assert.equal(unread.load(old, asked), false);
  assert.deepEqual(unread.total(), { unread: 4, mentions: 1 });
  // Asked again: the last word, also on what one has read. What is not in it one has left.
  assert.equal(
    unread.load([{ channel_id: 'a', last_seq: 6, last_read_seq: 6, unread: 0, mentions: 0 }], unread.mark),
    true,
  );
  assert.deepEqual([unread.total(), unread.all().length], [{ unread: 0, mentions: 0 }, 1]);
});

test('an answer that lags behind what was heard before takes no message back, unless the server went back', () => {
  const unread = counts();
  const old = [{ channel_id: 'a', last_seq: 5, last_read_seq: 3, unread: 2, mentions: 0 }];
  unread.created(message(6));
  unread.load(old, unread.mark);
  assert.equal(unread.get('a').unread, 3);
  unread.reset('a', 5);
  unread.load(old, unread.mark);
  assert.equal(unread.get('a').unread, 2);
});

test('a marker moves forward, and one that is behind changes nothing', () => {
  const unread = counts();
  unread.read({ channel_id: 'a', last_read_seq: 5, unread: 0, mentions: 0 });
  unread.read({ channel_id: 'a', last_read_seq: 4, unread: 1, mentions: 1 });
  assert.equal(unread.get('a').last_read_seq, 5);
  unread.created(message(6));
  assert.equal(unread.get('a').unread, 1);
});
