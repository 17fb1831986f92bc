import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Message, ReadMarker } from '../../schemas/generated/types.ts';
import { fixture } from './fixture.ts';
import { mergeMarkers } from './markers.ts';
import { type MessageStore, mentionsCounted, type RowWrite } from './port.ts';

export interface OpenMessages {
  store: MessageStore;
  close(): Promise<void>;
}

const channel = { workspace_id: 'w', channel_id: 'c' };
const ann = { workspace_id: 'w', user_id: 'ann' };
const idOf = (n: number): string => String(1000 + n);
const message = (n: number, change: Partial<Message> = {}): Message => fixture(idOf(n), n, change);

const row = (of: Message): RowWrite => ({ kind: 'message', ...channel, message: of });
const event = (rev: number, of: Message, kind = 'created'): RowWrite => {
  return { kind: 'event', ...channel, rev, event: { kind, message_id: of.message_id, thread_id: of.thread_id } };
};
const head = (rev: number, seq: number): RowWrite => ({ kind: 'head', ...channel, head: { rev, seq } });
const plain = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

/** What every adapter of the message store must do. */
export function messagesContract(name: string, open: () => Promise<OpenMessages>): void {
  describe(`messages contract: ${name}`, () => {
    const withStore = (run: (store: MessageStore) => Promise<void>) => async (): Promise<void> => {
      const { store, close } = await open();
      try {
        await run(store);
      } finally {
        await close();
      }
    };

    it(
      'pages through history in all directions',
      withStore(async (store) => {
        const all = Array.from({ length: 25 }, (_, i) => message(i + 1));
        await store.write([...all.map(row), head(25, 25)]);
        const page = async (request: Parameters<MessageStore['history']>[1]) => {
          const { messages, has_more_before, has_more_after, head: at } = await store.history(channel, request);
          assert.deepEqual(at, { rev: 25, seq: 25 });
          return [messages.map((one) => one.seq), has_more_before, has_more_after];
        };
        assert.deepEqual(await page({ newest: true, limit: 3 }), [[23, 24, 25], true, false]);
        assert.deepEqual(await page({ before: idOf(3), limit: 5 }), [[1, 2], false, true]);
        assert.deepEqual(await page({ after: idOf(23), limit: 5 }), [[24, 25], true, false]);
        assert.deepEqual(await page({ after: '0', limit: 2 }), [[1, 2], false, true]);
        assert.deepEqual(await page({ around: idOf(10), limit: 5 }), [[8, 9, 10, 11, 12], true, true]);
        assert.deepEqual(await page({ around: idOf(1), limit: 4 }), [[1, 2, 3, 4], false, true]);
        assert.deepEqual(await page({ around: idOf(24), limit: 6 }), [[20, 21, 22, 23, 24, 25], true, false]);
        assert.deepEqual(await page({ around: idOf(25), limit: 25 }), [all.map((one) => one.seq), false, false]);
        assert.deepEqual(await page({ around: '9223372036854775807', limit: 3 }), [[23, 24, 25], true, false]);
        assert.deepEqual(await page({ newest: true, limit: 100 }), [all.map((one) => one.seq), false, false]);
        const other = await store.history({ workspace_id: 'v', channel_id: 'c' }, { newest: true, limit: 5 });
        assert.deepEqual([other.messages, other.head], [[], { rev: 0, seq: 0 }]);
      }),
    );

    it(
      'keeps threads apart from history, root first, counts growing only',
      withStore(async (store) => {
        const root = message(1);
        const replies = [2, 3, 4].map((n) => message(n, { thread_id: root.message_id, seq: 1 }));
        const count = (n: number): RowWrite => ({
          kind: 'reply_count',
          ...channel,
          root_id: root.message_id,
          reply_count: n,
        });
        await store.write([row(root), ...replies.map(row), count(3), count(2), head(4, 1)]);
        assert.deepEqual(
          (await store.history(channel, { newest: true, limit: 9 })).messages.map((one) => one.reply_count),
          [3],
        );
        const thread = async (id: string, after: string | undefined, limit: number) => {
          const found = await store.thread(channel, id, { after, limit });
          return found && [found.messages.map((one) => one.rev), found.has_more_after];
        };
        assert.deepEqual(await thread(root.message_id, undefined, 2), [[1, 2], true]);
        assert.deepEqual(await thread(root.message_id, idOf(2), 2), [[3, 4], false]);
        assert.deepEqual(await thread(idOf(3), undefined, 9), [[1, 2, 3, 4], false], 'a reply means its root');
        assert.equal(await thread('77', undefined, 9), undefined);
        assert.equal(await thread('no id', undefined, 9), undefined);
        assert.equal((await store.message(channel, idOf(3)))!.thread_id, root.message_id);
      }),
    );

    it(
      'lets no late write of an older rev change anything',
      withStore(async (store) => {
        const original = message(1);
        const edited = message(1, { rev: 5, text: 'edited', edited_at: 5 });
        await store.write([row(original), head(1, 1)]);
        await store.write([row(edited), head(5, 1)]);
        await store.write([row(message(1, { rev: 3, text: 'older edit' })), row(original), head(2, 1)]);
        assert.equal((await store.message(channel, idOf(1)))!.text, 'edited');
        assert.deepEqual(await store.head(channel), { rev: 5, seq: 1 });
        const joined = (rev: number, is: boolean): RowWrite => ({
          kind: 'membership',
          ...channel,
          user_id: 'ann',
          joined: is,
          rev,
          seq: 0,
        });
        await store.write([joined(7, false)]);
        await store.write([joined(6, true)]);
        assert.deepEqual(plain(await store.memberships(ann)), [{ channel_id: 'c', joined: false, rev: 7 }]);
      }),
    );

    it(
      'repeats events with their message as it is now, and tells what is no longer kept',
      withStore(async (store) => {
        const gone = message(1, { rev: 3, text: '', deleted: true });
        const body = { MembersChanged: { kind: 'joined' as const, user_ids: ['ann'], change_id: 1 } };
        await store.write([row(message(1)), event(1, gone), head(1, 1)]);
        await store.write([{ kind: 'event', ...channel, rev: 2, event: { body } }, head(2, 1)]);
        await store.write([row(gone), event(3, gone, 'deleted'), head(3, 1)]);
        const events = plain(await store.eventsAfter(channel, 0, 10))!;
        assert.deepEqual(
          events.map((one) => one.rev),
          [1, 2, 3],
        );
        assert.equal((events[0] as { message: Message }).message.text, '', 'deleted text does not come back');
        assert.deepEqual(events[1], { rev: 2, body });
        assert.deepEqual((await store.eventsAfter(channel, 2, 10))!.length, 1);
        assert.deepEqual(await store.eventsAfter(channel, 3, 10), []);
        await store.write([head(9, 1)]);
        assert.equal(await store.eventsAfter(channel, 3, 10), undefined, 'a gap is told, not skipped');
      }),
    );

    it(
      'counts unread by subtraction, and mentions after the last read',
      withStore(async (store) => {
        const mention = (user_id: string | null, rev: number, author_id = 'bob', changed_rev = rev): RowWrite => {
          return { kind: 'mention', ...channel, user_id, rev, author_id, alive: changed_rev === rev, changed_rev };
        };
        const marker = (seq: number, rev: number): RowWrite => {
          return {
            kind: 'marker',
            ...channel,
            user_id: 'ann',
            marker: { epoch: 0, last_read_seq: seq, last_read_rev: rev, since_rev: 0 },
          };
        };
        await store.write([1, 2, 3, 4].map((n) => row(message(n))));
        await store.write([mention('ann', 2), mention(null, 3), mention(null, 4, 'ann'), head(4, 4)]);
        const unread = async () =>
          plain((await store.unreads(ann, ['c', 'none'])).map((one) => [one.unread, one.mentions]));
        assert.deepEqual(
          await unread(),
          [
            [4, 2],
            [0, 0],
          ],
          'one’s own mention of all does not count',
        );
        await store.write([marker(2, await store.revBefore(channel, 2))]);
        assert.deepEqual(await unread(), [
          [2, 1],
          [0, 0],
        ]);
        await store.write([marker(1, 1), mention(null, 3, 'bob', 5)]);
        assert.deepEqual(
          await unread(),
          [
            [2, 0],
            [0, 0],
          ],
          'markers never move back',
        );
        await store.write([{ kind: 'read_floor', ...channel, seq: 4, rev: 4 }]);
        assert.deepEqual(
          await unread(),
          [
            [0, 0],
            [0, 0],
          ],
          'what is imported is read',
        );
      }),
    );

    it(
      'has read what one sent or joined at, behind the last mark-as-unread, in whichever order that comes',
      withStore(async (store) => {
        const marker = (epoch: number, seq: number, since_rev: number): RowWrite => {
          const read = { epoch, last_read_seq: seq, last_read_rev: seq, since_rev };
          return { kind: 'marker', ...channel, user_id: 'ann', marker: read };
        };
        const own = (seq: number): RowWrite => ({ kind: 'own_read', ...channel, user_id: 'ann', seq, rev: seq });
        const read = async () => (await store.unreads(ann, ['c']))[0]!.last_read_seq;
        await store.write([1, 2, 3, 4, 5, 6].map((n) => row(message(n))));
        await store.write([own(3), head(4, 4)]);
        assert.equal(await read(), 3);
        await store.write([marker(1, 1, 4)]);
        assert.equal(await read(), 1, 'marked as unread');
        await store.write([own(2), marker(0, 4, 0)]);
        assert.equal(await read(), 1, 'what came before the mark does not count');
        await store.write([{ kind: 'read_floor', ...channel, seq: 4, rev: 4 }]);
        assert.equal(await read(), 1);
        await store.write([own(6), head(6, 6)]);
        assert.equal(await read(), 6, 'one’s own message behind it does');
        await store.write([own(5)]);
        assert.equal(await read(), 6);
        assert.equal((await store.marker(ann, 'c')).epoch, 1);
        await store.write([marker(2, 2, 6)]);
        assert.equal(await read(), 2);
      }),
    );

    it(
      'keeps who replied in a thread, and how far one has read it',
      withStore(async (store) => {
        const root_id = message(1).message_id;
        const replied = (user_id: string): RowWrite => ({ kind: 'participant', ...channel, root_id, user_id });
        const read = (last_read_id: string, user_id = 'ann'): RowWrite => {
          return { kind: 'thread_marker', ...channel, user_id, root_id, last_read_id };
        };
        assert.deepEqual(await store.threadState(ann, 'c', root_id), { participants: [], last_read_id: null });
        await store.write([replied('zoe'), replied('bob'), replied('zoe'), read('1000'), read('999')]);
        await store.write([read('5000', 'bob'), { ...replied('eve'), channel_id: 'd' }]);
        assert.deepEqual(plain(await store.threadState(ann, 'c', root_id)), {
          participants: ['bob', 'zoe'],
          last_read_id: '1000',
        });
        await store.write([read('1500')]);
        assert.equal((await store.threadState(ann, 'c', root_id)).last_read_id, '1500');
        assert.deepEqual(await store.threadState(ann, 'c', 'no id'), { participants: [], last_read_id: null });
      }),
    );

    it(
      'keeps earlier texts of a message until it is deleted, and then none, whichever comes first',
      withStore(async (store) => {
        const message_id = message(1).message_id;
        const version = (rev: number): RowWrite => {
          return { kind: 'version', ...channel, message_id, rev, text: `text ${rev}`, time: rev * 1000 };
        };
        const gone = (rev: number): RowWrite => ({ kind: 'versions_gone', ...channel, message_id, rev });
        const revs = async (limit = 10) => (await store.versions(channel, message_id, limit)).map(({ rev }) => rev);
        await store.write([version(1), version(7), version(3), version(3)]);
        assert.deepEqual(plain(await store.versions(channel, message_id, 2)), [
          { rev: 7, text: 'text 7', time: 7000 },
          { rev: 3, text: 'text 3', time: 3000 },
        ]);
        assert.deepEqual(await revs(), [7, 3, 1]);
        const older = await store.versions(channel, message_id, 10, 7);
        assert.deepEqual(
          older.map(({ rev }) => rev),
          [3, 1],
        );
        assert.deepEqual(await store.versions({ ...channel, channel_id: 'd' }, message_id, 10), []);
        await store.write([version(9), gone(10)]);
        assert.deepEqual(await revs(), [], 'also those of the same unit');
        await store.write([version(3)]);
        assert.deepEqual(await revs(), [], 'a late one does not come back');
      }),
    );

    it(
      'counts mentions up to a bound, those by name and those of all together, and goes past withdrawn ones',
      withStore(async (store) => {
        const mention = (rev: number, user_id: string | null, changed_rev = rev): RowWrite => {
          const alive = changed_rev === rev;
          return { kind: 'mention', ...channel, user_id, rev, author_id: 'bob', alive, changed_rev };
        };
        const counted = async () => (await store.unreads(ann, ['c']))[0]!.mentions;
        const of = (first: number, count: number, user: string | null, changed?: number): RowWrite[] =>
          Array.from({ length: count }, (_, i) => mention(first + i, user, changed));
        // Withdrawn, by name, of all, and some that are both.
        await store.write([...of(1, 1100, 'ann', 9000), ...of(2000, 600, 'ann'), head(9000, 1)]);
        await store.write(of(2500, 499, null));
        assert.equal(await counted(), 999);
        await store.write(of(2999, 1, null));
        assert.equal(await counted(), mentionsCounted);
        await store.write(of(3000, 300, null));
        assert.equal(await counted(), mentionsCounted);
      }),
    );

    it(
      'lets no late mention bring back one that was withdrawn, nor a late withdrawal take one away',
      withStore(async (store) => {
        const mention = (user_id: string | null, changed_rev: number, alive: boolean): RowWrite => {
          return { kind: 'mention', ...channel, user_id, rev: 2, author_id: 'bob', alive, changed_rev };
        };
        for (const user_id of ['ann', null]) {
          const counts = async () => (await store.unreads(ann, ['c']))[0]!.mentions;
          await store.write([mention(user_id, 2, true), head(2, 2)]);
          await store.write([mention(user_id, 5, false), head(5, 2)]);
          assert.equal(await counts(), 0);
          await store.write([mention(user_id, 2, true)]);
          await store.write([mention(user_id, 3, true)]);
          assert.equal(await counts(), 0, 'the newest change counts');
          await store.write([mention(user_id, 7, true)]);
          await store.write([mention(user_id, 5, false)]);
          assert.equal(await counts(), 1);
          await store.write([mention(user_id, 8, false)]);
        }
      }),
    );

    it(
      'finds imported messages by identity, and scans each message once',
      withStore(async (store) => {
        const root = message(1);
        const reply = message(2, { thread_id: root.message_id, seq: 1 });
        const identity = (of: Message): RowWrite => {
          const { client_msg_id, message_id, thread_id } = of;
          return { kind: 'identity', ...channel, client_msg_id, message_id, thread_id };
        };
        await store.write([row(root), row(reply), identity(root), identity(reply)]);
        await store.write([{ kind: 'message', workspace_id: 'vé', channel_id: 'ç', message: message(3) }]);
        assert.deepEqual(plain(await store.identities(channel, ['c1', 'c9', 'c2'])), [
          { message_id: idOf(1), thread_id: null },
          null,
          { message_id: idOf(2), thread_id: idOf(1) },
        ]);
        const found: string[] = [];
        let cursor: string | null = null;
        do {
          const page: Awaited<ReturnType<MessageStore['scan']>> = await store.scan(cursor, 1);
          for (const one of page.messages)
            found.push(`${one.workspace_id}/${one.channel_id}/${one.message.message_id}`);
          cursor = page.cursor;
        } while (cursor !== null);
        assert.deepEqual(found.sort(), [`vé/ç/${idOf(3)}`, `w/c/${idOf(1)}`, `w/c/${idOf(2)}`]);
      }),
    );
  });
}

const markers: fc.Arbitrary<ReadMarker> = fc.record({
  epoch: fc.integer({ min: 0, max: 2 }),
  last_read_seq: fc.integer({ min: 0, max: 5 }),
  last_read_rev: fc.integer({ min: 0, max: 5 }),
  since_rev: fc.integer({ min: 0, max: 5 }),
});

/** The rule itself, which every adapter uses or imitates. */
export function mergeRule(): void {
  it('markers merge to the same in any order and any repetition', () => {
    fc.assert(
      fc.property(fc.array(markers, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(5)), (all, repeats) => {
        const merged = all.reduce(mergeMarkers);
        const again = [...all]
          .reverse()
          .concat(repeats.map((i) => all[i % all.length]!))
          .reduce(mergeMarkers);
        assert.deepEqual(plain(again), plain(merged));
      }),
    );
  });
}
