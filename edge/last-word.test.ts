import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Access } from '../platform/directory/port.ts';
import { MillraceError } from '../platform/errors/error.ts';
import { KnownAccess } from './calls/known-access.ts';
import { LastWord } from './last-word.ts';

const away = () => Promise.reject(new MillraceError('unavailable', 'away'));
const yes = async () => true;

describe('the last word of an engine', () => {
  it('counts while the engine is away, and only then', async () => {
    const last = new LastWord<{ n: number }>();
    await assert.rejects(last.of('a', away, yes), { code: 'unavailable' });
    assert.deepEqual(await last.of('a', async () => ({ n: 1 }), yes), { n: 1 });
    assert.deepEqual(await last.of('a', away, yes), { n: 1 });
    await assert.rejects(last.of('b', away, yes), { code: 'unavailable' });
  });

  it('spares whoever has one the deadline of an engine that has just not answered', async () => {
    let now = 0;
    let asked = 0;
    const last = new LastWord<{ n: number }>(() => now);
    await last.of('a', async () => ({ n: 1 }), yes);
    const ask = () => {
      asked++;
      return away();
    };
    for (let i = 0; i < 5; i++) await last.of('a', ask, yes);
    assert.equal(asked, 1);
    now += 2000;
    await last.of('a', ask, yes);
    assert.equal(asked, 2);
  });

  it('is given soon where the engine stands still, and at once from then on, until it answers again', async () => {
    let now = 0;
    const last = new LastWord<{ n: number }>(() => now, 20);
    await last.of('a', async () => ({ n: 1 }), yes);
    await last.of('b', async () => ({ n: 1 }), yes);
    let answer!: (value: { n: number }) => void;
    const still = () =>
      new Promise<{ n: number }>((resolve) => {
        answer = resolve;
      });
    const began = performance.now();
    assert.deepEqual(await last.of('a', still, yes), { n: 1 });
    assert.ok(performance.now() - began < 2000);
    const never = () => assert.fail('it is not asked');
    assert.deepEqual(await last.of('b', never, yes), { n: 1 });
    now += 2000;
    assert.deepEqual(await last.of('a', still, yes), { n: 1 }, 'one call asks aside');
    assert.deepEqual(await last.of('b', never, yes), { n: 1 });
    answer({ n: 2 });
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(await last.of('a', async () => ({ n: 3 }), yes), { n: 3 });
  });

  it('is no answer to another error, nor where it holds no more, nor once the engine said that there is nothing', async () => {
    const last = new LastWord<{ n: number }>();
    await last.of('a', async () => ({ n: 1 }), yes);
    await assert.rejects(
      last.of('a', () => Promise.reject(new MillraceError('forbidden', 'no')), yes),
      { code: 'forbidden' },
    );
    await assert.rejects(
      last.of('a', away, async () => false),
      { code: 'unavailable' },
    );
    await last.of('c', async () => ({ n: 1 }), yes);
    await last.of('c', async () => undefined, yes);
  });
});

describe('what is known of a person in a channel while the directory is away', () => {
  it('lets members go on, until the store hears that they are none; nobody else', async () => {
    let joined = true;
    let answers = true;
    const member = { member: true } as Access;
    const directory = {
      access: async ({ user_id }: { user_id: string }) =>
        answers ? (user_id === 'guest' ? ({ member: false } as Access) : member) : away(),
    };
    const store = { memberships: async () => [{ channel_id: 'c', joined, rev: 1 }] };
    const known = new KnownAccess(directory, store);
    const past = () => new Promise((resolve) => setTimeout(resolve, 600));
    const alice = { workspace_id: 'w', user_id: 'alice' };
    const guest = { workspace_id: 'w', user_id: 'guest' };
    await known.of(alice, 'c');
    await known.of(guest, 'c');
    answers = false;
    await past();
    assert.equal(await known.of(alice, 'c'), member);
    await assert.rejects(known.of(guest, 'c'), { code: 'unavailable' });
    joined = false;
    await past();
    await assert.rejects(known.of(alice, 'c'), { code: 'unavailable' });
  });
});
