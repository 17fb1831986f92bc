import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { MessageStore } from '../../platform/messages/port.ts';
import { fileCodec } from '../../platform/schemas/files.ts';
import { readMessagesBack } from './read-back.ts';

it('tells the records of a page apart, none of which the log has', async () => {
  const message = { rev: 1, seq: 1, created_at: 1, user_id: 'u', deleted: false };
  const row = { workspace_id: 'w', channel_id: 'c', message };
  const store = { scan: async () => ({ messages: [row, row, row], cursor: null }) } as unknown as MessageStore;
  const { records } = await readMessagesBack(store, fileCodec())(null, 10);
  assert.deepEqual(
    records.map(({ offset }) => offset),
    [-3, -2, -1],
  );
});
