import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { MessageTimes } from '../../edge/slack/message-times.ts';
import { openEngine } from '../../platform/embedded/engine.ts';
import { fixture } from '../../platform/messages/fixture.ts';
import { fileCodec } from '../../platform/schemas/files.ts';
import type { Message } from '../../schemas/generated/types.ts';
import { ChannelMessages } from './channel-messages.ts';

const channel = { workspace_id: 'w', channel_id: 'c' };

test('a thread that goes on under a root that retention took is exported, that root as a deleted message', async (t) => {
  const folder = await mkdtemp(`${tmpdir()}/millrace-export-`);
  const { messages: store, close } = openEngine(folder, fileCodec());
  t.after(async () => {
    await close();
    await rm(folder, { recursive: true });
  });
  const row = (message: Message) => ({ kind: 'message' as const, ...channel, message });
  await store.write([
    row(fixture('100', 1, { user_id: 'eve', text: 'an old root' })),
    row(fixture('400', 2, { seq: 1, thread_id: '100', text: 'an old reply' })),
    row(fixture('900', 3, { seq: 1, thread_id: '100', text: 'a reply that is kept' })),
    row(fixture('901', 4, { seq: 2, text: 'a new root' })),
    { kind: 'reply_count', ...channel, root_id: '100', reply_count: 2 },
    { kind: 'head', ...channel, head: { rev: 4, seq: 2 } },
    { kind: 'trim', ...channel, trim: { below_id: '500', seq: 1, rev: 1 } },
  ]);
  const exported = async (userId?: string) => {
    const found: unknown[] = [];
    const times = new MessageTimes(store, 1, false);
    for await (const record of new ChannelMessages(store, times, channel, userId).read())
      if (record.kind === 'message')
        found.push([record.message.message_id, record.message.text, record.message.deleted, record.root !== null]);
    return found;
  };
  const look = async () => {
    const kept = ['900', 'a reply that is kept', false, true];
    const fresh = ['901', 'a new root', false, false];
    assert.deepEqual(await exported(), [fresh, ['100', '', true, false], kept]);
    assert.deepEqual(await exported('bob'), [fresh, kept]);
    assert.deepEqual(await exported('eve'), []);
  };
  await look();
  await store.removeTrimmed(channel, await store.trimmed(channel, 500));
  await look();
});
