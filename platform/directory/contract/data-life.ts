import assert from 'node:assert/strict';
import { it } from 'node:test';
import { erasedUser } from '../../keys.ts';
import type { Person } from '../person.ts';
import { all, channel, type Open, outboxOf, refused, request, withPeople } from './setup.ts';

const person = (user_id: string): Person => ({ workspace_id: 'w', user_id });
const trim = (below_id: string) => ({ below_id, seq: 3, rev: 5 });

export function dataLifeContract(open: Open): void {
  it('keeps how long messages are kept: the channel’s word before the workspace’s', async () => {
    const { directory, close } = await withPeople(open, ['ann']);
    for (const id of ['C1', 'C2', 'C3']) await directory.createChannel(channel(id), request);
    await directory.provision({ workspace_id: 'v', user_id: 'ann', role: 'owner' });
    const kept = async () =>
      (await all(2, (page) => directory.expiring(page))).map(({ channel_id, days }) => [channel_id, days]);
    assert.deepEqual(await kept(), []);
    await directory.setRetention('w', 'C2', 7, request);
    assert.deepEqual(await kept(), [['C2', 7]]);
    await directory.setRetention('w', null, 90, request);
    await directory.setRetention('w', 'C3', 0, request);
    assert.deepEqual(await kept(), [
      ['C1', 90],
      ['C2', 7],
    ]);
    assert.deepEqual(await directory.retention('w', 'C3'), { workspace_days: 90, channel_days: 0 });
    assert.deepEqual(await directory.retention('v'), { workspace_days: null, channel_days: null });
    await directory.setRetention('w', null, null, request);
    await directory.setRetention('w', null, null, request);
    await directory.setRetention('w', 'C2', null, request);
    assert.deepEqual(await kept(), []);
    await assert.rejects(directory.setRetention('w', 'none', 7, request), refused('not_found'));
    const told = (await directory.audit('w', { action: 'retention.changed' }, { limit: 9 })).items;
    assert.equal(told.length, 5, 'once for each that changed something');
    await close();
  });

  it('trims a channel further and never back, archived or not, and tells its story', async () => {
    const { directory, close } = await withPeople(open, ['ann']);
    await directory.createChannel(channel('C1'), request);
    await directory.changeChannel('w', 'C1', { archived: true }, request);
    assert.equal((await directory.access(person('ann'), 'C1'))?.channel.trim, null);
    assert.equal(await directory.trimChannel('w', 'C1', trim('100'), request), true);
    assert.equal(await directory.trimChannel('w', 'C1', trim('100'), request), false);
    assert.equal(await directory.trimChannel('w', 'C1', trim('99'), request), false);
    assert.deepEqual((await directory.access(person('ann'), 'C1'))?.channel.trim, trim('100'));
    assert.deepEqual(await all(1, (page) => directory.trimmed(page)), [
      { workspace_id: 'w', channel_id: 'C1', trim: trim('100') },
    ]);
    const { change } = (await outboxOf(directory)).at(-1)!;
    assert.deepEqual([change.change, change.channel?.trim, change.channel?.archived], ['channel', trim('100'), true]);
    await assert.rejects(directory.trimChannel('w', 'none', trim('1'), request), refused('not_found'));
    await close();
  });

  it('keeps holds, each on one thing', async () => {
    const { directory, close } = await withPeople(open, ['ann']);
    await directory.createChannel(channel('C1'), request);
    const hold = (hold_id: string, on: { channel_id?: string; user_id?: string }, reason = 'case 7') => ({
      ...{ workspace_id: 'w', hold_id, channel_id: null, user_id: null, reason },
      ...on,
    });
    const put = await directory.putHold(hold('h1', { channel_id: 'C1' }), request);
    assert.equal(put.actor_id, 'ann');
    await directory.putHold(hold('h2', { user_id: 'ann' }), request);
    await directory.putHold(hold('h3', {}), request);
    assert.deepEqual(await directory.putHold(hold('h1', { channel_id: 'C1' }), request), put);
    assert.equal((await directory.putHold(hold('h1', { channel_id: 'C1' }, 'case 8'), request)).reason, 'case 8');
    await assert.rejects(directory.putHold(hold('h1', { user_id: 'ann' }), request), refused('conflict', /hold_id/));
    await assert.rejects(directory.putHold(hold('h4', { channel_id: 'none' }), request), refused('not_found'));
    await assert.rejects(directory.putHold(hold('h4', { user_id: 'none' }), request), refused('not_found', /none/));
    assert.deepEqual(
      (await directory.holds('w')).map(({ hold_id, reason }) => [hold_id, reason]),
      [
        ['h1', 'case 8'],
        ['h2', 'case 7'],
        ['h3', 'case 7'],
      ],
    );
    assert.deepEqual(await directory.holds('v'), []);
    assert.equal(await directory.releaseHold('v', 'h1', request), false);
    assert.equal(await directory.releaseHold('w', 'h1', request), true);
    assert.equal(await directory.releaseHold('w', 'h1', request), false);
    assert.equal((await directory.holds('w')).length, 2);
    await close();
  });

  it('gives nobody back who is to be erased, neither their access nor a place in a channel', async () => {
    const { directory, close } = await withPeople(open, ['ann', 'bob', 'eve']);
    const eve = person('eve');
    await directory.createChannel(channel('C1', { members: ['eve'] }), request);
    await directory.requestErasure(eve, request);
    await directory.leaveAll(eve, request);
    await assert.rejects(directory.reactivate(eve, request), refused('conflict', /erased/));
    assert.equal((await directory.user(eve))?.deactivated, true);
    await assert.rejects(directory.addMembers('w', 'C1', ['bob', 'eve'], request), refused('conflict', /eve/));
    await assert.rejects(
      directory.createChannel(channel('C2', { members: ['eve'] }), request),
      refused('conflict', /eve/),
    );
    // Another region's word is not refused: it took others in, too, and the next sweep has them leave.
    const elsewhere = { ...request, region: 2 };
    assert.notEqual((await directory.addMembers('w', 'C1', ['bob', 'eve'], elsewhere)).change_id, null);
    await directory.leaveAll(eve, request);
    await directory.finishErasure(eve, request);
    assert.equal((await directory.access(person('ann'), 'C1'))?.channel.member_count, 2);
    await close();
  });

  it('erases a person: nothing names them any more, and nothing makes them anew', async () => {
    const { directory, close } = await withPeople(open, ['ann', 'zoë"x', 'cat']);
    const zoe = person('zoë"x');
    const called = { ...zoe, name: 'Zoë Q', email: 'zoe@example.org', role: 'member' as const };
    await directory.provision(called);
    await directory.createChannel(
      channel('C1', { user_id: zoe.user_id, members: ['ann'], idempotency_key: 'k' }),
      request,
    );
    await directory.createChannel(channel('C2', { members: [zoe.user_id] }), request);
    await directory.createChannel(channel('D1', { type: 'dm', name: '', members: [zoe.user_id] }), request);
    await directory.changeChannel('w', 'C2', { archived: true }, { ...request, actor_id: zoe.user_id });
    await directory.addDevice({ ...zoe, platform: 'fcm', token: 'a' });
    await directory.setPushLevel(zoe, 'C1', 'all');
    await directory.setQuietHours(zoe, { zone: 'UTC', from: 1, to: 2 });
    const group = { workspace_id: 'w', group_id: 'g', name: 'g', members: ['ann', zoe.user_id] };
    await directory.putGroup(group, request);
    await directory.putHold(
      { workspace_id: 'w', hold_id: 'h', channel_id: null, user_id: zoe.user_id, reason: 'r' },
      request,
    );

    await assert.rejects(directory.requestErasure(zoe, request), refused('conflict', /hold h /));
    await assert.rejects(directory.requestErasure(person('none'), request), refused('not_found'));
    await directory.releaseHold('w', 'h', request);
    const asked = await directory.requestErasure(zoe, request);
    assert.equal(asked.user_id, zoe.user_id);
    assert.deepEqual(await directory.requestErasure(zoe, request), asked);
    const user = await directory.provision(called);
    assert.deepEqual([user.name, user.email, user.deactivated], [erasedUser, null, true]);
    assert.deepEqual(
      (await directory.openErasures()).map(({ user_id }) => user_id),
      [zoe.user_id],
    );

    await directory.leaveAll(zoe, request);
    await directory.leaveAll(zoe, request);
    const left = (await outboxOf(directory)).filter(({ change }) => change.change === 'left');
    assert.deepEqual(left.map(({ channel_id }) => channel_id).sort(), ['C1', 'C2', 'D1']);
    await directory.finishErasure(zoe, request);
    await directory.finishErasure(zoe, request);

    assert.equal(await directory.user(zoe), undefined);
    assert.deepEqual(await directory.openErasures(), []);
    const [done] = await directory.erasures('w');
    assert.deepEqual(
      [done?.user_id, done?.requested_at, done!.done_at! >= asked.requested_at],
      [null, asked.requested_at, true],
    );
    assert.deepEqual(await directory.devices(zoe), []);
    assert.equal(await directory.pushLevel(zoe, 'C1'), undefined);
    assert.equal(await directory.quietHours(zoe), undefined);
    assert.deepEqual(await directory.groupMembers('w', ['g']), ['ann']);
    assert.equal((await directory.group('w', 'g'))?.member_count, 1);
    assert.equal((await directory.access(person('ann'), 'C1'))?.channel.creator_id, erasedUser);
    const audit = (await all(50, (page) => directory.audit('w', {}, page))).map((entry) => JSON.stringify(entry));
    assert.deepEqual(
      audit.filter((entry) => entry.includes(JSON.stringify(zoe.user_id).slice(1, -1))),
      [],
    );
    assert.ok(audit[0]?.includes('person.erased'));
    assert.ok(audit.some((entry) => entry.includes(erasedUser) && entry.includes('channel.created')));

    const again = await directory.provision(called);
    assert.deepEqual([again.name, again.email, again.deactivated], [erasedUser, null, true]);
    assert.equal(await directory.user(zoe), undefined, 'not made anew');
    const elsewhere = await directory.provision({ ...called, workspace_id: 'v' });
    assert.equal(elsewhere.deactivated, false, 'another workspace’s is another one');
    await close();
  });
}
