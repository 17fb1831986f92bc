import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fixture } from '../platform/messages/fixture.ts';
import type { StoredEvent } from '../platform/messages/port.ts';
import type { Message } from '../schemas/generated/types.ts';
import { isOvertaken } from './late.ts';

const now = Date.UTC(2026, 10, 30);
const due = {
  workspace_id: 'w',
  user_id: 'bob',
  channel_id: 'C1',
  kind: 'show',
  message_id: '1',
  rev: 1,
  thread_id: null,
  count: 1,
} as const;
const named: Partial<Message> = { mentions: [{ user_id: 'bob', rev: 2 }], created_at: now - 10_000 };

function overtaken(following: Partial<Message>, { kind = 'created', direct = false } = {}): Promise<boolean> {
  const event: StoredEvent = { rev: 2, kind, message: fixture('2', 2, { user_id: 'ann', ...following }) };
  return isOvertaken({ eventsAfter: async (_, rev) => (rev < 2 ? [event] : []) }, due, direct, now);
}

describe('a push that is due', () => {
  it('is overtaken by a later mention whose candidate should be there', async () => {
    assert.equal(await overtaken(named), true);
    assert.equal(await overtaken({ mentions_channel: 2, created_at: now - 10_000 }), true);
    assert.equal(await overtaken({ created_at: now - 10_000 }, { direct: true }), true);
  });

  it('is not by one that is on its way, nor for ever', async () => {
    assert.equal(await overtaken({ ...named, created_at: now - 1000 }), false);
    assert.equal(await overtaken({ ...named, created_at: now - 61_000 }), false);
  });

  it('is not by what tells the person nothing', async () => {
    assert.equal(await overtaken({ created_at: now - 10_000 }), false);
    assert.equal(await overtaken({ ...named, user_id: 'bob' }), false);
    assert.equal(await overtaken({ ...named, deleted: true }), false);
    assert.equal(await overtaken({ ...named, imported: true }), false);
    assert.equal(await overtaken(named, { kind: 'edited' }), false);
  });

  it('goes out where what followed is no longer kept', async () => {
    assert.equal(await isOvertaken({ eventsAfter: async () => undefined }, due, false, now), false);
  });
});
