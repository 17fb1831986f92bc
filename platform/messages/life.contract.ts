import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Message } from '../../schemas/generated/types.ts';
import { erasedUser } from '../keys.ts';
import type { OpenMessages } from './contract.ts';
import { fixture } from './fixture.ts';
import type { MessageStore, RowWrite } from './port.ts';

const channel = { workspace_id: 'w', channel_id: 'c' };
const bob = { workspace_id: 'w', user_id: 'bob' };
const ann = { workspace_id: 'w', user_id: 'ann' };
const idOf = (n: number): string => String(1000 + n);
const message = (n: number, change: Partial<Message> = {}): Message => fixture(idOf(n), n, change);
const row = (of: Message): RowWrite => ({ kind: 'message', ...channel, message: of });
const event = (rev: number, of: Message): RowWrite => ({
  kind: 'event',
  ...channel,
  rev,
  event: { kind: 'created', message_id: of.message_id, thread_id: of.thread_id },
});
const trim = (below: number, seq: number, rev: number): RowWrite => ({
  kind: 'trim',
  ...channel,
  trim: { below_id: idOf(below), seq, rev },
});

/** What every adapter of the message store must do with what retention takes, and with a person who is erased. */
export function lifeContract(name: string, open: () => Promise<OpenMessages>): void {
  describe(`messages, trimmed and forgotten: ${name}`, () => {
    const withStore = (run: (store: MessageStore) => Promise<void>) => async (): Promise<void> => {
      const { store, close } = await open();
      try {
        await run(store);
      } finally {
        await close();
      }
    };

    /** Ten messages; 2 has the replies 11 and 12, 4 the reply 13. */
    async function fill(store: MessageStore): Promise<void> {
      const top = Array.from({ length: 10 }, (_, i) => message(i + 1));
      const reply = (n: number, root: number) => message(n, { thread_id: idOf(root), seq: root });
      const replies = [reply(11, 2), reply(12, 2), reply(13, 4)];
      await store.write([...top, ...replies].map(row));
      await store.write([...top, ...replies].map((one) => event(one.rev, one)));
      for (const [root, reply_count] of [
        [2, 2],
        [4, 1],
      ] as const)
        await store.write([{ kind: 'reply_count', ...channel, root_id: idOf(root), reply_count }]);
      await store.write([{ kind: 'head', ...channel, head: { rev: 13, seq: 10 } }]);
    }

    const seqs = async (store: MessageStore, request: Parameters<MessageStore['history']>[1]) => {
      const { messages, has_more_before, has_more_after } = await store.history(channel, request);
      return [messages.map(({ seq }) => seq), has_more_before, has_more_after];
    };
    const removeAll = async (store: MessageStore, limit = 3): Promise<string[]> => {
      const removed: string[] = [];
      for (let round = 0; ; round++) {
        assert.ok(round < 50, 'it ends');
        const some = await store.trimmed(channel, limit);
        await store.removeTrimmed(channel, some);
        if (some.length === 0) return removed;
        removed.push(...some.map(({ message_id }) => message_id));
      }
    };

    it(
      'reads nothing of what was trimmed, before and after its rows are gone',
      withStore(async (store) => {
        await fill(store);
        assert.deepEqual(await store.trimmed(channel, 10), [], 'nothing was');
        await store.write([trim(6, 5, 5)]);
        await store.write([trim(3, 2, 2)]);
        const look = async (): Promise<void> => {
          assert.deepEqual(await seqs(store, { newest: true, limit: 20 }), [[6, 7, 8, 9, 10], false, false]);
          assert.deepEqual(await seqs(store, { newest: true, limit: 4 }), [[7, 8, 9, 10], true, false]);
          assert.deepEqual(await seqs(store, { before: idOf(8), limit: 2 }), [[6, 7], false, true]);
          assert.deepEqual(await seqs(store, { before: idOf(3), limit: 5 }), [[], false, true]);
          assert.deepEqual(await seqs(store, { after: '0', limit: 2 }), [[6, 7], false, true]);
          assert.deepEqual(await seqs(store, { around: idOf(2), limit: 4 }), [[6, 7, 8, 9], false, true]);
          assert.equal(await store.message(channel, idOf(5)), undefined);
          assert.deepEqual(
            (await store.messages(channel, [idOf(1), idOf(5), idOf(6)])).map(({ seq }) => seq),
            [6],
          );
          assert.equal(await store.eventsAfter(channel, 2, 10), undefined, 'a resume from there reads the history');
          assert.deepEqual(
            (await store.eventsAfter(channel, 5, 3))?.map(({ rev }) => rev),
            [6, 7, 8],
          );
          assert.deepEqual([await store.revBefore(channel, 5), await store.revBefore(channel, 2)], [5, 5]);
          assert.equal(await store.revBefore(channel, 7), 7);
          const kept: string[] = [];
          for (let cursor: string | null = null; ; ) {
            const page = await store.scan(cursor, 4);
            kept.push(...page.messages.map((one) => one.message.message_id));
            cursor = page.cursor;
            if (cursor === null) break;
          }
          assert.deepEqual(kept.sort(), [6, 7, 8, 9, 10, 11, 12, 13].map(idOf).sort());
        };
        await look();
        // 2 and 4 stay in their place: replies above the line go on.
        assert.deepEqual((await removeAll(store)).sort(), [1, 2, 3, 4, 5].map(idOf).sort());
        await look();
        assert.deepEqual(await store.trimmed(channel, 10), []);
      }),
    );

    it(
      'finds what lies behind more emptied roots than are asked for',
      withStore(async (store) => {
        await fill(store);
        await store.write([trim(6, 5, 5)]);
        await removeAll(store);
        await store.write([trim(9, 8, 8)]);
        assert.deepEqual((await removeAll(store, 1)).sort(), [6, 7, 8].map(idOf));
      }),
    );

    it(
      'keeps a thread that goes on, under a root that says nothing any more, and takes it when its last reply goes',
      withStore(async (store) => {
        await fill(store);
        const thread = async (of: number, after?: number) =>
          (
            await store.thread(channel, idOf(of), { limit: 9, after: after === undefined ? undefined : idOf(after) })
          )?.messages.map(({ message_id, text, deleted }) => [Number(message_id) - 1000, deleted ? '' : text]);
        const look = async (): Promise<void> => {
          assert.deepEqual(await thread(2), [
            [2, ''],
            [12, 'm12'],
          ]);
          assert.deepEqual(await thread(12, 2), [[12, 'm12']]);
          assert.deepEqual(await thread(4), [
            [4, ''],
            [13, 'm13'],
          ]);
          assert.equal(await thread(3), undefined);
          assert.equal(await store.message(channel, idOf(2)), undefined, 'it takes no more replies');
        };
        await store.write([trim(12, 10, 11)]);
        await look();
        assert.deepEqual(await store.goingOn(channel, '0', 9), [idOf(2), idOf(4)]);
        assert.deepEqual(await store.goingOn(channel, '0', 1), [idOf(2)]);
        assert.deepEqual(await store.goingOn(channel, idOf(2), 9), [idOf(4)]);
        await removeAll(store);
        await look();
        assert.deepEqual(await store.goingOn(channel, '0', 9), [idOf(2), idOf(4)]);
        await store.write([trim(14, 10, 13)]);
        assert.equal(await thread(2), undefined);
        await removeAll(store);
        assert.equal(await thread(2), undefined);
        assert.deepEqual(await store.trimmed(channel, 10), []);
        assert.deepEqual(await seqs(store, { newest: true, limit: 20 }), [[], false, false]);
        assert.deepEqual(await store.goingOn(channel, '0', 9), []);
        const { messages } = await store.scan(null, 10);
        assert.deepEqual(messages, []);
      }),
    );

    it(
      'names nobody as the author of a root that stays for its thread alone, also of one that was deleted before',
      withStore(async (store) => {
        await fill(store);
        await store.write([row(message(4, { rev: 14, text: '', deleted: true })), trim(6, 5, 5)]);
        const authors = async () =>
          Promise.all(
            [2, 4].map(async (n) => (await store.thread(channel, idOf(n), { limit: 9 }))?.messages[0]?.user_id),
          );
        assert.deepEqual(await authors(), [erasedUser, erasedUser]);
        assert.deepEqual((await removeAll(store)).sort(), [1, 2, 3, 4, 5].map(idOf).sort());
        assert.deepEqual(await authors(), [erasedUser, erasedUser]);
      }),
    );

    it(
      'hides what is written below later, and leaves other channels alone',
      withStore(async (store) => {
        const other = { workspace_id: 'v', channel_id: 'c' };
        await store.write([{ kind: 'message', ...other, message: message(1) }]);
        await store.write([trim(5, 4, 4), row(message(1)), row(message(7))]);
        assert.deepEqual(await seqs(store, { newest: true, limit: 9 }), [[7], false, false]);
        assert.deepEqual(await removeAll(store), [idOf(1)]);
        assert.equal((await store.message(other, idOf(1)))?.seq, 1);
      }),
    );

    it(
      'forgets what is a person’s own, and who they were where others read',
      withStore(async (store) => {
        await fill(store);
        const members = (user_ids: string[], kind: 'joined' | 'left' = 'joined') => ({
          body: { MembersChanged: { kind, user_ids, change_id: 1 } },
        });
        await store.write([
          { kind: 'event', ...channel, rev: 14, event: members(['ann', 'bob']) },
          { kind: 'event', ...channel, rev: 15, event: members(['bob'], 'left') },
          { kind: 'membership', ...channel, user_id: 'ann', joined: true, rev: 14, seq: 10 },
          { kind: 'membership', ...channel, user_id: 'bob', joined: false, rev: 15, seq: 10 },
          { kind: 'own_read', ...channel, user_id: 'bob', seq: 10, rev: 14 },
          { kind: 'participant', ...channel, user_id: 'bob', root_id: idOf(2) },
          { kind: 'participant', ...channel, user_id: 'bobby', root_id: idOf(2) },
          { kind: 'thread_marker', ...channel, user_id: 'bob', root_id: idOf(2), last_read_id: idOf(12) },
          { kind: 'mention', ...channel, user_id: 'bob', rev: 3, author_id: 'ann', alive: true, changed_rev: 3 },
          { kind: 'mention', ...channel, user_id: null, rev: 5, author_id: 'bob', alive: true, changed_rev: 5 },
          { kind: 'head', ...channel, head: { rev: 15, seq: 10 } },
        ]);
        await store.forget(bob, ['c', 'unknown'], 'nobody');
        await store.forget(bob, ['c', 'unknown'], 'nobody');
        assert.deepEqual(await store.memberships(bob), []);
        assert.equal((await store.memberships(ann)).length, 1);
        assert.deepEqual(await store.unreads(bob, ['c']), [
          { channel_id: 'c', last_seq: 10, last_read_seq: 0, unread: 10, mentions: 1 },
        ]);
        const { participants, last_read_id } = await store.threadState(bob, 'c', idOf(2));
        assert.deepEqual([participants, last_read_id], [['bobby'], null]);
        const events = await store.eventsAfter(channel, 13, 9);
        assert.deepEqual(
          events?.map((one) => 'body' in one && 'MembersChanged' in one.body && one.body.MembersChanged.user_ids),
          [['ann', 'nobody'], ['nobody']],
        );
        assert.equal((await store.unreads(ann, ['c']))[0]?.mentions, 1, 'a mention of all is one of nobody’s now');
      }),
    );
  });
}
