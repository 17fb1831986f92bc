import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Message } from '../../schemas/generated/types.ts';
import { wireMessage } from './message.ts';

it('shows each reaction, whatever its emoji is called', () => {
  const names = ['__proto__', 'constructor', 'toString', '👍'];
  const reactions = names.map((emoji) => ({ emoji, user_ids: ['alice'] }));
  const message = { reactions, mentions: [], created_at: 0, edited_at: null } as unknown as Message;
  const shown = JSON.parse(JSON.stringify(wireMessage({ workspace_id: 'w', channel_id: 'c' }, message))) as {
    reactions: { [emoji: string]: string[] };
  };
  assert.deepEqual(
    Object.entries(shown.reactions),
    names.map((emoji) => [emoji, ['alice']]),
  );
});
