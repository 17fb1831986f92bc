import assert from 'node:assert/strict';
import { it } from 'node:test';
import { MillraceError } from '../../platform/errors/error.ts';
import type { Presence } from '../../platform/presence/port.ts';
import type { CallContext, Caller } from './context.ts';
import { membersHere } from './here.ts';
import { presence, setPresence } from './presence.ts';

it('says offline while presence does not answer, and refuses to set what it can not keep', async () => {
  const away = async (): Promise<never> => {
    throw new MillraceError('unavailable', 'presence: Redis does not answer');
  };
  const warned: unknown[] = [];
  const context = {
    presence: { statuses: away, setStatus: away, touch: away } as Partial<Presence>,
    directory: { members: async () => ({ items: [{ user_id: 'bob' }], next_cursor: null }) },
    logger: { warn: (fields: unknown) => warned.push(fields) },
  } as unknown as CallContext;
  const caller = { workspace_id: 'w', user_id: 'ann' } as Caller;
  assert.deepEqual(await presence(context, caller, ['bob', 'ann']), {
    presence: [
      { user_id: 'bob', status: 'offline' },
      { user_id: 'ann', status: 'offline' },
    ],
  });
  assert.deepEqual(await membersHere(context, caller, 'c'), []);
  assert.equal(warned.length, 2);
  await assert.rejects(setPresence(context, caller, 'busy'), { code: 'unavailable' });
});
