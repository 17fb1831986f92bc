import assert from 'node:assert/strict';
import { it } from 'node:test';
import { devicesKept, type PushLevel, type Reached } from '../push-port.ts';
import { all, channel, type Open, request, withPeople } from './setup.ts';

const person = (user_id: string) => ({ workspace_id: 'w', user_id });

export function pushContract(open: Open): void {
  it('keeps a person’s devices, each token for one person, and the newest ones at the bound', async () => {
    const { directory, close } = await withPeople(open, ['ann', 'bob']);
    const tokens = async (user: string) => (await directory.devices(person(user))).map(({ token }) => token);
    const add = (user: string, token: string) =>
      directory.addDevice({ ...person(user), platform: token === 'a' ? 'apns' : 'fcm', token });
    await add('ann', 'a');
    await add('ann', 'b');
    await add('ann', 'b');
    assert.deepEqual(await tokens('ann'), ['a', 'b']);
    assert.deepEqual(
      (await directory.devices(person('ann'))).map(({ platform }) => platform),
      ['apns', 'fcm'],
    );
    await add('bob', 'a');
    assert.deepEqual([await tokens('ann'), await tokens('bob')], [['b'], ['a']]);
    await directory.addDevice({ workspace_id: 'other', user_id: 'ann', platform: 'fcm', token: 'a' });
    assert.deepEqual(await tokens('bob'), ['a'], 'another workspace’s is another one');
    assert.equal(await directory.removeDevice(person('ann'), 'a'), false);
    assert.equal(await directory.removeDevice(person('bob'), 'a'), true);
    assert.deepEqual(await tokens('bob'), []);
    for (let i = 0; i < devicesKept; i++) await add('ann', `n${i}`);
    assert.deepEqual(
      await tokens('ann'),
      Array.from({ length: devicesKept }, (_, i) => `n${i}`),
    );
    await close();
  });

  it('keeps levels, quiet hours and the workspace’s word about bodies', async () => {
    const { directory, close } = await withPeople(open, ['ann']);
    const ann = person('ann');
    assert.equal(await directory.pushLevel(ann, 'C1'), undefined);
    for (const level of ['all', 'none'] as const) {
      await directory.setPushLevel(ann, 'C1', level);
      assert.equal(await directory.pushLevel(ann, 'C1'), level);
    }
    assert.equal(await directory.pushLevel(ann, 'C2'), undefined);
    assert.deepEqual(await directory.pushLevels(ann), [], 'of channels that one is not in nothing is listed');
    for (const name of ['C2', 'C1']) {
      await directory.createChannel(channel(name), request);
      await directory.setPushLevel(person('bob'), name, 'all');
    }
    assert.deepEqual(await directory.pushLevels(ann), [{ channel_id: 'C1', level: 'none' }]);
    await directory.setPushLevel(ann, 'C2', 'all');
    assert.deepEqual(await directory.pushLevels(ann), [
      { channel_id: 'C1', level: 'none' },
      { channel_id: 'C2', level: 'all' },
    ]);
    assert.equal(await directory.quietHours(ann), undefined);
    for (const from of [60, 1320]) {
      await directory.setQuietHours(ann, { zone: 'Europe/Vienna', from, to: 420 });
      assert.deepEqual(await directory.quietHours(ann), { zone: 'Europe/Vienna', from, to: 420 });
    }
    await directory.setQuietHours(ann, null);
    assert.equal(await directory.quietHours(ann), undefined);
    assert.equal(await directory.pushBodies('w'), 'shown');
    await directory.setPushBodies('w', 'withheld', request);
    await directory.setPushBodies('w', 'withheld', request);
    const told = (await directory.audit('w', { action: 'workspace.changed' }, { limit: 10 })).items.map(
      ({ action }) => action,
    );
    assert.deepEqual(told, ['workspace.changed'], 'once, for the second changed nothing');
    assert.deepEqual([await directory.pushBodies('w'), await directory.pushBodies('other')], ['withheld', 'shown']);
    await close();
  });

  it('finds whom a message may reach: members with devices who are named, want all, or are everyone', async () => {
    const { directory, close } = await withPeople(open, ['ann', 'bob', 'cem', 'dan', 'eve']);
    await directory.createChannel(channel('C1', { members: ['bob', 'cem', 'dan'] }), request);
    for (const user of ['ann', 'bob', 'cem', 'eve'])
      for (const token of [`${user}1`, `${user}2`])
        await directory.addDevice({ ...person(user), platform: 'fcm', token });
    const levels: { [user: string]: PushLevel } = { bob: 'all', cem: 'none', eve: 'all' };
    for (const [user, level] of Object.entries(levels)) await directory.setPushLevel(person(user), 'C1', level);
    const reached = (everyone: boolean, named: string[]) =>
      all<Reached>(1, (page) => directory.audience('w', 'C1', { everyone, named }, page));
    assert.deepEqual(await reached(true, []), [
      { user_id: 'ann', level: null },
      { user_id: 'bob', level: 'all' },
      { user_id: 'cem', level: 'none' },
    ]);
    assert.deepEqual(await reached(false, []), [{ user_id: 'bob', level: 'all' }]);
    assert.deepEqual(
      (await reached(false, ['ann', 'cem', 'dan', 'eve', 'nobody'])).map(({ user_id }) => user_id),
      ['ann', 'bob', 'cem'],
    );
    await close();
  });
}
