import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Directory } from '../platform/directory/port.ts';
import type { Reached } from '../platform/directory/push-port.ts';
import type { Append, Log } from '../platform/log/port.ts';
import type { MessageStore } from '../platform/messages/port.ts';
import { Audience } from './audience.ts';

it('a push’s audience is whoever is named, also where they are more than the directory takes at once', async () => {
  const members: Reached[] = [
    { user_id: 'm1', level: null },
    { user_id: 'm1500', level: 'mentions' },
    { user_id: 'other', level: null },
    { user_id: 'wants-all', level: 'all' },
  ];
  const directory: Pick<Directory, 'audience' | 'channelsById'> = {
    audience: async (_workspace, _channel, { everyone, named }) => {
      assert.ok(named.length <= 1000, `${named.length} asked for at once`);
      const items = members.filter(({ user_id, level }) => everyone || level === 'all' || named.includes(user_id));
      return { items, next_cursor: null };
    },
    channelsById: async () => [],
  };
  const reached: unknown[] = [];
  const log: Pick<Log, 'append'> = {
    append: async (appends: Append[]) => {
      for (const { value } of appends) reached.push((value as { user_id: string }).user_id);
      return [];
    },
  };
  const audience = new Audience(directory as Directory, {} as MessageStore, log as Log);
  const notice = {
    ...{ workspace_id: 'w', channel_id: 'c', message_id: '1', rev: 1, seq: 1, thread_id: null, author_id: 'ann' },
    ...{ everyone: false, edited: false },
  };
  await audience.reach([{ ...notice, named: Array.from({ length: 2000 }, (_, i) => `m${i}`) }]);
  assert.deepEqual(reached, ['m1', 'm1500', 'wants-all']);
});

it('a message in a dm reaches the other, also behind an edit that tells nobody', async () => {
  const directory: Pick<Directory, 'audience' | 'channelsById'> = {
    audience: async (_workspace, _channel, { everyone }) => {
      return { items: everyone ? [{ user_id: 'bob', level: null }] : [], next_cursor: null };
    },
    channelsById: async () => [{ type: 'dm' }] as Awaited<ReturnType<Directory['channelsById']>>,
  };
  const reached: unknown[] = [];
  const log: Pick<Log, 'append'> = {
    append: async (appends: Append[]) => {
      for (const { value } of appends) reached.push((value as { rev: number }).rev);
      return [];
    },
  };
  const audience = new Audience(directory as Directory, {} as MessageStore, log as Log);
  const notice = {
    ...{ workspace_id: 'w', channel_id: 'c', message_id: '1', seq: 1, thread_id: null, author_id: 'ann' },
    ...{ named: [], everyone: false },
  };
  await audience.reach([{ ...notice, rev: 1, edited: true }]);
  await audience.reach([{ ...notice, rev: 2, edited: false }]);
  assert.deepEqual(reached, [2]);
});
