import assert from 'node:assert/strict';
import { it } from 'node:test';
import { all, channel, type Open, outboxOf, refused, request, withPeople } from './setup.ts';

export function memberContract(open: Open): void {
  it('adds and removes members, counting only real changes', async () => {
    const { directory, close } = await withPeople(open, ['ann', 'bob', 'cem']);
    await directory.createChannel(channel('C1'), request);
    const add = (ids: string[]) => directory.addMembers('w', 'C1', ids, request);
    const remove = (ids: string[]) => directory.removeMembers('w', 'C1', ids, request);
    const count = async () =>
      (await directory.access({ workspace_id: 'w', user_id: 'ann' }, 'C1'))!.channel.member_count;
    assert.deepEqual(await add(['cem', 'ann', 'bob', 'cem']), { change_id: 2 });
    assert.equal(await count(), 3);
    assert.deepEqual(await add(['bob']), { change_id: null });
    assert.deepEqual(await remove(['nobody', 'bob']), { change_id: 3 });
    assert.deepEqual(await remove(['bob']), { change_id: null });
    assert.equal(await count(), 2);
    const rows = await outboxOf(directory);
    assert.deepEqual(
      rows.map((row) => [row.change.change, row.change.user_ids]),
      [
        ['joined', ['ann']],
        ['joined', ['cem', 'bob']],
        ['left', ['bob']],
      ],
    );
    assert.deepEqual((await directory.membersAmong('w', 'C1', ['bob', 'cem', 'ann', 'x'])).sort(), ['ann', 'cem']);
    assert.deepEqual(await all(1, (page) => directory.members('w', 'C1', page)), [
      { user_id: 'ann', role: 'creator' },
      { user_id: 'cem', role: 'member' },
    ]);
    assert.deepEqual(await directory.members('other', 'C1', { limit: 5 }), { items: [], next_cursor: null });
    await close();
  });

  it('takes nobody past a bound of a channel or of a person, and counts those who are in already once', async () => {
    const { directory, close } = await withPeople(open, ['ann', 'bob', 'cem']);
    const most = { members: 2, channels: 2 };
    await directory.createChannel(channel('C1', { members: ['bob'] }), request, most);
    await assert.rejects(directory.addMembers('w', 'C1', ['cem'], request, most), refused('conflict', /2 at most.*3/));
    assert.deepEqual(await directory.addMembers('w', 'C1', ['bob'], request, most), { change_id: null });
    await directory.createChannel(channel('C2'), request, most);
    await assert.rejects(
      directory.createChannel(channel('C3', { user_id: 'bob', members: ['ann'] }), request, most),
      refused('conflict', /ann is in 2 channels already/),
    );
    assert.equal(await directory.access({ workspace_id: 'w', user_id: 'bob' }, 'C3'), undefined);
    await directory.removeMembers('w', 'C2', ['ann'], request);
    await directory.createChannel(channel('C3', { user_id: 'bob', members: ['ann'] }), request, most);
    await assert.rejects(
      directory.createChannel(channel('C4', { user_id: 'cem', members: ['ann', 'bob', 'cem'] }), request, most),
      refused('conflict', /at most/),
    );
    assert.deepEqual(await directory.addMembers('w', 'C3', ['cem'], request), { change_id: 5 }, 'without bounds');
    await close();
  });

  it('refuses unknown channels and people, and archived channels', async () => {
    const { directory, close } = await withPeople(open, ['ann', 'bob']);
    await directory.createChannel(channel('C1'), request);
    await assert.rejects(directory.addMembers('w', 'C1', ['bob', 'zed'], request), refused('not_found', /zed/));
    await assert.rejects(directory.addMembers('w', 'C9', ['bob'], request), refused('not_found', /C9/));
    await assert.rejects(directory.removeMembers('w', 'C9', ['bob'], request), refused('not_found', /C9/));
    assert.deepEqual(await directory.membersAmong('w', 'C1', ['bob']), []);
    await directory.changeChannel('w', 'C1', { archived: true }, request);
    await assert.rejects(directory.addMembers('w', 'C1', ['bob'], request), refused('conflict', /archived/));
    await assert.rejects(directory.removeMembers('w', 'C1', ['ann'], request), refused('conflict', /archived/));
    await close();
  });

  it('keeps the outbox in the order of the changes until it is settled, and never gives a number twice', async () => {
    const { directory, close } = await withPeople(open, ['ann', 'bob']);
    await directory.createChannel(channel('C1'), request);
    for (let n = 0; n < 3; n++) {
      await directory.addMembers('w', 'C1', ['bob'], request);
      await directory.removeMembers('w', 'C1', ['bob'], request);
    }
    const ids = (await outboxOf(directory)).map((row) => row.change.change_id);
    assert.deepEqual(ids, [1, 2, 3, 4, 5, 6, 7]);
    assert.deepEqual(
      (await directory.outbox(2, 2)).map((row) => row.change.change_id),
      [3, 4],
    );
    await directory.settleOutbox([...ids, 99]);
    assert.deepEqual(await outboxOf(directory), []);
    await directory.settleOutbox([]);
    assert.deepEqual(await directory.addMembers('w', 'C1', ['bob'], request), { change_id: 8 });
    await close();
  });

  it('keeps the count right when many join and leave at once', async () => {
    const people = Array.from({ length: 12 }, (_, n) => `p${n}`);
    const { directory, close } = await withPeople(open, ['ann', ...people]);
    await directory.createChannel(channel('C1'), request);
    const joins = people.map((id) => directory.addMembers('w', 'C1', [id], request));
    const leaves = people.slice(0, 6).map((id) => directory.removeMembers('w', 'C1', [id], request));
    await Promise.all([...joins, ...leaves]);
    const members = await all(200, (page) => directory.members('w', 'C1', page));
    const [record] = await directory.channelsById('w', ['C1']);
    assert.equal(record!.member_count, members.length);
    const present = new Set<string>();
    for (const { change } of await outboxOf(directory)) {
      for (const id of change.user_ids) change.change === 'joined' ? present.add(id) : present.delete(id);
    }
    assert.deepEqual([...present].sort(), members.map((member) => member.user_id).sort());
    await close();
  });

  it('writes one row for each 1,000 people, the answer with the last', async () => {
    const people = Array.from({ length: 2_100 }, (_, n) => `p${String(n).padStart(4, '0')}`);
    const { directory, close } = await withPeople(open, ['ann']);
    await Promise.all(people.map((user_id) => directory.provision({ workspace_id: 'w', user_id, role: 'member' })));
    const { change_id } = await directory.createChannel(channel('C1', { members: people }), request);
    assert.equal(change_id, 3);
    const rows = await outboxOf(directory);
    assert.deepEqual(
      rows.map((row) => row.change.user_ids.length),
      [1_000, 1_000, 101],
    );
    assert.deepEqual(
      rows.map((row) => row.reply_to),
      [null, null, request.reply_to],
    );
    assert.deepEqual(
      rows.flatMap((row) => row.change.user_ids),
      ['ann', ...people],
    );
    await close();
  });
}
