import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { type Draft, MillraceError } from '../../../client/index.ts';
import { KeptDrafts } from './kept-drafts.ts';

const alice = { workspace_id: 'demo', user_id: 'alice', name: undefined, role: undefined };
const draft = (id: string, fields: Partial<Draft> = {}): Draft => ({
  client_msg_id: id,
  channel_id: 'C1',
  thread_id: null,
  text: `text ${id}`,
  created_at: new Date().toISOString(),
  status: 'sending',
  ...fields,
});
const ids = (drafts: readonly Draft[]) => drafts.map(({ client_msg_id }) => client_msg_id);

beforeEach(() => {
  /** As a browser's: what is kept are its own properties. */
  const storage = Object.create({
    getItem(this: Record<string, string>, key: string) {
      return this[key] ?? null;
    },
    setItem(this: Record<string, string>, key: string, value: string) {
      this[key] = value;
    },
    removeItem(this: Record<string, string>, key: string) {
      delete this[key];
    },
  }) as Storage;
  Object.assign(globalThis, { localStorage: storage });
});

test('gives back what was written, in its order, over a change of one', () => {
  const first = new KeptDrafts(alice);
  for (const id of ['c', 'a', 'b']) first.keep(draft(id));
  first.keep(draft('c', { status: 'failed', error: new MillraceError({ code: 'forbidden', detail: 'No.' }) }));
  first.drop('a');
  const [failed, waiting] = new KeptDrafts(alice).read();
  assert.deepEqual([failed?.client_msg_id, failed?.status, failed?.error?.detail], ['c', 'failed', 'No.']);
  assert.deepEqual([waiting?.client_msg_id, waiting?.status], ['b', 'sending']);
});

test('keeps persons apart, and wipes one alone', () => {
  const bob = { ...alice, user_id: 'bob' };
  new KeptDrafts(alice).keep(draft('a'));
  new KeptDrafts(bob).keep(draft('b'));
  assert.deepEqual(ids(new KeptDrafts(bob).read()), ['b']);
  new KeptDrafts(bob).wipe();
  assert.deepEqual(ids(new KeptDrafts(bob).read()), []);
  assert.deepEqual(ids(new KeptDrafts(alice).read()), ['a']);
});

test('counts what other tabs have not sent, too, and each once', () => {
  const [here, there] = [new KeptDrafts(alice), new KeptDrafts(alice)];
  here.keep(draft('mine'));
  there.keep(draft('theirs'));
  new KeptDrafts({ ...alice, user_id: 'bob' }).keep(draft('bobs'));
  // One that the browser had no room for is in this tab only.
  assert.equal(here.countWith([draft('mine'), draft('no-room')]), 3);
  there.drop('theirs');
  assert.equal(here.countWith([draft('mine')]), 1);
});

test('sends nothing again by itself that the server may have forgotten having had', () => {
  const kept = new KeptDrafts(alice);
  const hours = (count: number) => new Date(Date.now() - count * 3_600_000).toISOString();
  kept.keep(draft('old', { created_at: hours(21) }));
  kept.keep(draft('new', { created_at: hours(19) }));
  assert.deepEqual(
    new KeptDrafts(alice).read().map(({ client_msg_id, status }) => [client_msg_id, status]),
    [
      ['old', 'failed'],
      ['new', 'sending'],
    ],
  );
});
