import assert from 'node:assert/strict';
import { it } from 'node:test';
import { all, type Open, refused, request, withPeople } from './setup.ts';

export function groupContract(open: Open): void {
  it('makes groups, changes and lists them, and knows who is in any of some', async () => {
    const { directory, close } = await withPeople(open, ['ann', 'bob', 'eve']);
    const put = (group_id: string, name: string, members: string[]) =>
      directory.putGroup({ workspace_id: 'w', group_id, name, members }, request);
    const made = await put('G1', 'Writers', ['bob', 'ann', 'bob']);
    assert.deepEqual(made, { workspace_id: 'w', group_id: 'G1', name: 'Writers', member_count: 2 });
    await put('G2', 'editors', ['eve', 'ann']);
    await put('G3', 'nobody yet', []);
    assert.deepEqual(await directory.groupMembers('w', ['G1', 'G2', 'unknown']), ['ann', 'bob', 'eve']);
    assert.deepEqual(await directory.groupMembers('w', []), []);
    assert.deepEqual(await directory.groupMembers('other', ['G1']), []);
    assert.deepEqual(await directory.group('w', 'G1'), made);
    assert.equal(await directory.group('other', 'G1'), undefined);
    const names = async () => (await all(2, (page) => directory.groups('w', page))).map(({ name }) => name);
    assert.deepEqual(await names(), ['editors', 'nobody yet', 'Writers']);
    await put('G1', 'Authors', ['eve']);
    assert.deepEqual(await directory.groupMembers('w', ['G1']), ['eve']);
    assert.deepEqual(await names(), ['Authors', 'editors', 'nobody yet']);
    assert.equal(await directory.deleteGroup('w', 'G1', request), true);
    assert.equal(await directory.deleteGroup('w', 'G1', request), false);
    assert.deepEqual(await directory.groupMembers('w', ['G1']), []);
    const told = (await directory.audit('w', {}, { limit: 10 })).items.map(({ action, user_ids }) => [
      action,
      user_ids,
    ]);
    assert.deepEqual(told.slice(0, 2), [
      ['group.deleted', []],
      ['group.changed', ['eve']],
    ]);
    await close();
  });

  it('takes no unknown people into a group, and not too many', async () => {
    const { directory, close } = await withPeople(open, ['ann']);
    const put = (members: string[]) =>
      directory.putGroup({ workspace_id: 'w', group_id: 'G1', name: 'all', members }, request);
    await assert.rejects(put(['ann', 'nobody']), refused('not_found', /nobody/));
    assert.equal(await directory.group('w', 'G1'), undefined);
    await assert.rejects(put(Array.from({ length: 1_001 }, (_, n) => `p${n}`)), refused('invalid_request'));
    await close();
  });
}
