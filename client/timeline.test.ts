import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { EventFrame } from './frames.ts';
import { compareIds } from './identity.ts';
import type { Draft } from './outbox.ts';
import { messageOf } from './scripted-server.ts';
import { Timeline } from './timeline.ts';
import type { Channel, Message } from './wire.ts';

const options = { channelId: 'a', userId: 'me', limit: 10 };
const ids = (timeline: Timeline) => timeline.messages.map(({ seq }) => seq);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => messageOf('a', from + i));
const created = (message: Message): EventFrame => ({
  type: 'event',
  channel_id: 'a',
  rev: message.rev,
  event: { kind: 'message.created', message },
});

function loaded(from: number, to: number, more: { before?: boolean; after?: boolean } = {}): Timeline {
  const timeline = new Timeline(options);
  const page = {
    messages: range(from, to),
    has_more_before: more.before ?? false,
    has_more_after: more.after ?? false,
  };
  assert.ok(timeline.complete(timeline.begin('window'), page));
  return timeline;
}

test('merges what came live while the first page was on its way', () => {
  const timeline = new Timeline(options);
  const request = timeline.begin('window');
  timeline.apply(created(messageOf('a', 3)));
  timeline.apply(created(messageOf('a', 4, { message_id: '1001', seq: 1, text: 'edited' })));
  timeline.complete(request, { messages: range(1, 2), has_more_after: false });
  assert.deepEqual(ids(timeline), [1, 2, 3]);
  assert.equal(timeline.messages[0]?.text, 'edited');
});

test('gives up the far end beyond its limit, and pages back to it', () => {
  const timeline = loaded(11, 20, { before: true });
  const request = timeline.begin('before');
  assert.equal(request.anchor, '1011');
  timeline.complete(request, { messages: range(6, 10), has_more_before: true, has_more_after: true });
  assert.deepEqual([ids(timeline)[0], ids(timeline).at(-1), timeline.hasMoreAfter], [6, 15, true]);
  timeline.apply(created(messageOf('a', 21)));
  assert.equal(ids(timeline).at(-1), 15);
  timeline.complete(timeline.begin('after'), { messages: range(16, 20), has_more_after: false });
  assert.deepEqual(ids(timeline), [12, 13, 14, 15, 16, 17, 18, 19, 20, 21]);
  assert.equal(timeline.hasMoreBefore, true);
});

test('lets new messages go when full and read further up', () => {
  const timeline = loaded(1, 10);
  timeline.following = false;
  timeline.apply(created(messageOf('a', 11)));
  assert.deepEqual([ids(timeline).at(-1), timeline.hasMoreAfter], [10, true]);
});

test('refuses a page that no longer fits', () => {
  const timeline = loaded(5, 8, { before: true });
  const request = timeline.begin('before');
  timeline.complete(timeline.begin('before'), { messages: range(3, 4), has_more_before: true, has_more_after: true });
  assert.equal(timeline.complete(request, { messages: range(3, 4), has_more_after: true }), false);
  const late = timeline.begin('window');
  timeline.reset();
  assert.equal(timeline.complete(late, { messages: range(1, 2), has_more_after: false }), false);
});

test('replaces an echo by its message, under the same key', () => {
  const timeline = loaded(1, 2);
  const draft: Draft = {
    client_msg_id: 'mine',
    channel_id: 'a',
    thread_id: null,
    text: 'hi',
    created_at: '2026-01-01T00:00:00.000Z',
    status: 'sending',
  };
  timeline.echo(draft);
  assert.deepEqual(timeline.entries().at(-1), { kind: 'echo', key: 'mine', draft });
  timeline.apply(created(messageOf('a', 3, { client_msg_id: 'mine' })));
  timeline.echo({ ...draft, status: 'sent', message: messageOf('a', 3, { client_msg_id: 'mine' }) });
  assert.deepEqual(
    timeline.entries().map(({ key }) => key),
    ['m1', 'm2', 'mine'],
  );
});

test('counts a reply at its root, and shows it in its thread only', () => {
  const timeline = loaded(1, 2);
  const thread = new Timeline({ ...options, root: '1001' });
  thread.complete(thread.begin('window'), { messages: range(1, 1), has_more_after: false });
  const reply = created(messageOf('a', 3, { thread_id: '1001' }));
  assert.ok(timeline.apply(reply) && thread.apply(reply));
  assert.deepEqual(
    timeline.messages.map(({ reply_count }) => reply_count),
    [1, 0],
  );
  assert.deepEqual(
    thread.messages.map(({ rev }) => rev),
    [1, 3],
  );
});

/** A root as it is now, with its replies counted, and the events that made it so. */
function threadOf(replies: number): { root: Message; events: EventFrame[] } {
  const root = messageOf('a', 1, { reply_count: replies });
  const events = [root, ...range(2, replies + 1).map((reply) => ({ ...reply, thread_id: root.message_id }))];
  return { root, events: events.map(created) };
}
const counts = (timeline: Timeline) => timeline.messages.map(({ reply_count }) => reply_count);

test('counts no reply twice that a page read ahead of the events holds already', () => {
  const timeline = new Timeline(options);
  const { root, events } = threadOf(4);
  const page = { messages: [{ ...root, reply_count: 3 }], has_more_after: false, head: { rev: 4 } };
  timeline.complete(timeline.begin('window'), page);
  // The root's own event among them tells of it as it is by now.
  for (const event of events) timeline.apply(event);
  assert.deepEqual(counts(timeline), [4]);
  const root2 = { ...root, text: 'edited', rev: 7, reply_count: 5 };
  timeline.take(root2);
  timeline.apply({ ...created(messageOf('a', 6, { thread_id: root.message_id })) });
  assert.deepEqual(counts(timeline), [5]);
});

test('counts the replies that came while a page was on its way, and those of a root that is new itself', () => {
  const { root, events } = threadOf(3);
  const late = new Timeline(options);
  const request = late.begin('window');
  for (const event of events) late.apply(event);
  const page = { messages: [{ ...root, reply_count: 1 }], has_more_after: false, head: { rev: 2 } };
  late.complete(request, page);
  assert.deepEqual(counts(late), [3]);
  const fresh = new Timeline(options);
  fresh.complete(fresh.begin('window'), { messages: [], has_more_after: false, head: { rev: 0 } });
  for (const event of events) fresh.apply(event);
  assert.deepEqual(counts(fresh), [3]);
});

test('whatever the order of pages and events, the window is one run of the channel without holes', () => {
  const step = fc.oneof(
    fc.constant('publish' as const),
    fc.constant('before' as const),
    fc.constant('after' as const),
    fc.constant('window' as const),
    fc.constant('answer' as const),
    fc.constant('scroll' as const),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), fc.integer({ min: 1, max: 40 }), (steps, size) => {
      const channel = range(1, size);
      const timeline = new Timeline(options);
      const flying: (() => void)[] = [];
      for (const act of steps) {
        if (act === 'publish') {
          const message = messageOf('a', channel.length + 1);
          channel.push(message);
          timeline.apply(created(message));
        } else if (act === 'scroll') timeline.following = !timeline.following;
        else if (act === 'answer') flying.shift()?.();
        else if (act === 'window' || timeline.loaded) {
          const request = timeline.begin(act);
          const at = channel.findIndex(({ message_id }) => message_id === request.anchor);
          const from =
            act === 'before' ? Math.max(0, at - 4) : act === 'after' ? at + 1 : Math.max(0, channel.length - 6);
          const messages = channel.slice(from, act === 'before' ? at : from + 6);
          const has_more_after = from + messages.length < channel.length;
          flying.push(() => timeline.complete(request, { messages, has_more_before: from > 0, has_more_after }));
        }
        const shown = timeline.messages;
        assert.ok(shown.length <= 10);
        if (!timeline.loaded) continue;
        assert.deepEqual(
          [...shown].sort((a, b) => compareIds(a.message_id, b.message_id)),
          shown,
        );
        const start = (shown[0]?.seq ?? 1) - 1;
        assert.deepEqual(
          ids(timeline),
          channel.slice(start, start + shown.length).map(({ seq }) => seq),
        );
        if (!timeline.hasMoreAfter) assert.equal(shown.at(-1)?.seq, channel.length);
      }
    }),
    { numRuns: 500 },
  );
});

test('gives up what is no longer kept; the root of a thread that goes on shows as deleted', () => {
  const changed = (history_from: string | null): EventFrame => ({
    type: 'event',
    channel_id: 'a',
    rev: 9,
    event: { kind: 'channel.changed', channel: { channel_id: 'a', history_from } as unknown as Channel },
  });
  const timeline = loaded(1, 4, { before: true });
  const line = timeline.messages[2]!.message_id;
  assert.equal(timeline.apply(changed(null)), false);
  assert.equal(timeline.apply(changed(line)), true);
  assert.deepEqual(ids(timeline), [3, 4]);
  assert.equal(timeline.hasMoreBefore, false);
  assert.equal(timeline.apply(changed(line)), false);

  const [root, gone, left] = range(1, 3).map((message, at) =>
    at === 0 ? message : { ...message, thread_id: messageOf('a', 1).message_id },
  );
  const thread = new Timeline({ ...options, root: root!.message_id });
  thread.complete(thread.begin('window'), { messages: [root!, gone!, left!], has_more_after: false });
  assert.equal(thread.apply(changed(left!.message_id)), true);
  assert.deepEqual(
    thread.messages.map(({ message_id, deleted, text }) => [message_id, deleted, text !== '']),
    [
      [root!.message_id, true, false],
      [left!.message_id, false, true],
    ],
  );
});
