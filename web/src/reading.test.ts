import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message, MillraceRest, ReadMarker } from '../../client/index.ts';
import { Reading } from './reading.ts';
import { UnreadCounts } from './unread-counts.ts';

const marker = (last_read_seq: number, unread: number): ReadMarker => ({
  channel_id: 'a',
  last_read_seq,
  unread,
  mentions: 0,
});
const third = { channel_id: 'a', seq: 3 } as Message;

/** A channel of five messages, all read, on a server that answers as told; and what it was asked. */
function stage(fails = false) {
  const asked: string[] = [];
  const rest = {
    markRead: async (_: string, seq: number) => {
      asked.push(`read ${seq}`);
      return marker(seq, 0);
    },
    markUnread: async (_: string, seq: number) => {
      asked.push(`unread ${seq}`);
      if (fails) throw new Error('refused');
      return marker(seq - 1, 6 - seq);
    },
  } as unknown as MillraceRest;
  const counts = new UnreadCounts('me');
  const load = (last_read_seq: number) => counts.load([{ ...marker(last_read_seq, 5 - last_read_seq), last_seq: 5 }]);
  load(5);
  const reading = new Reading(rest, counts);
  const marked: string[] = [];
  reading.events.on('unread', (channelId) => marked.push(channelId));
  return { reading, counts, asked, load, marked, unread: () => counts.get('a').unread };
}

test('what was marked as unread is not read again before one reads on', async () => {
  const { reading, asked, marked, unread } = stage();
  await reading.markUnread(third);
  assert.deepEqual([unread(), marked], [3, ['a']]);
  await reading.markRead('a');
  assert.deepEqual(asked, ['unread 3']);
  reading.readOn('a');
  await reading.markRead('a');
  assert.deepEqual([unread(), asked], [0, ['unread 3', 'read 5']]);
});

test('a mark that is refused holds nothing', async () => {
  const { reading, load, asked } = stage(true);
  await assert.rejects(reading.markUnread(third));
  load(4);
  await reading.markRead('a');
  assert.deepEqual(asked, ['unread 3', 'read 5']);
});

test('a marker that went back is believed once the server’s counts say the same', async () => {
  const { reading, load, marked, asked, unread } = stage();
  // Late: the counts do not.
  assert.equal(reading.heard(marker(4, 1)), true);
  load(5);
  reading.loaded();
  assert.deepEqual([unread(), marked], [0, []]);
  // Marked on another device.
  assert.equal(reading.heard(marker(2, 3)), true);
  assert.equal(unread(), 0);
  load(2);
  reading.loaded();
  await reading.markRead('a');
  assert.deepEqual([unread(), marked, asked], [3, ['a'], []]);
  // Further up, and then read there.
  reading.heard(marker(1, 4));
  load(1);
  reading.loaded();
  assert.deepEqual(marked, ['a', 'a']);
  reading.heard(marker(5, 0));
  load(5);
  reading.loaded();
  load(4);
  await reading.markRead('a');
  assert.deepEqual(asked, ['read 5']);
});
