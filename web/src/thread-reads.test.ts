import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message } from '../../client/index.ts';
import { ThreadReads } from './thread-reads.ts';

const reply = (message_id: string, user_id = 'bob', thread_id: string | null = '10') =>
  ({ message_id, user_id, thread_id }) as Message;

test('a thread is unread from a reply of others on, until it is read up to there', () => {
  const threads = new ThreadReads('me');
  const changed: string[] = [];
  threads.events.on('change', (rootId) => changed.push(rootId));
  assert.equal(threads.unread('10'), false);
  threads.said(reply('11'));
  threads.said(reply('10', 'bob', null));
  assert.equal(threads.unread('10'), true);
  threads.read('10', '11');
  assert.equal(threads.unread('10'), false);
  threads.said(reply('100'));
  threads.read('10', '99');
  assert.equal(threads.unread('10'), true);
  // One's own reply reads what came before it; what is read does not become unread.
  threads.said(reply('101', 'me'));
  threads.read('10', '12');
  threads.read('10', null);
  assert.deepEqual([threads.unread('10'), threads.lastRead('10')], [false, '101']);
  assert.deepEqual(changed, ['10', '10', '10', '10']);
});

test('tells apart that nothing was read, and that nothing is known', () => {
  const threads = new ThreadReads('me');
  assert.equal(threads.lastRead('10'), undefined);
  threads.read('10', null);
  assert.equal(threads.lastRead('10'), null);
  for (let i = 0; i < 500; i++) threads.read(`1${i + 100}`, null);
  assert.equal(threads.lastRead('10'), undefined);
});
