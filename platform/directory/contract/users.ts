import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Role } from '../port.ts';
import { all, type Open, refused, request, withPeople } from './setup.ts';

export function userContract(open: Open): void {
  it('provisions people, keeps them current, and tells workspaces apart', async () => {
    const { directory, close } = await open();
    const made = await directory.provision({ workspace_id: 'w', user_id: 'U1', role: 'member' });
    assert.deepEqual(
      { ...made, created_at: 0 },
      { workspace_id: 'w', user_id: 'U1', name: 'U1', email: null, role: 'member', deactivated: false, created_at: 0 },
    );
    assert.ok(Math.abs(made.created_at - Date.now()) < 60_000);
    const renamed = await directory.provision({
      workspace_id: 'w',
      user_id: 'U1',
      name: 'Zoë',
      email: 'z@x.example',
      role: 'admin',
    });
    assert.deepEqual(renamed, { ...made, name: 'Zoë', email: 'z@x.example', role: 'admin' });
    assert.deepEqual(await directory.provision({ workspace_id: 'w', user_id: 'U1', role: 'admin' }), renamed);
    assert.deepEqual(await directory.user({ workspace_id: 'w', user_id: 'U1' }), renamed);
    assert.equal(await directory.user({ workspace_id: 'other', user_id: 'U1' }), undefined);
    await directory.provision({ workspace_id: 'other', user_id: 'U1', name: 'Else', role: 'guest' });
    assert.equal((await directory.user({ workspace_id: 'w', user_id: 'U1' }))?.name, 'Zoë');
    await close();
  });

  it('provisions one person many times at once', async () => {
    const { directory, close } = await open();
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        directory.provision({ workspace_id: 'w', user_id: 'U1', name: `n${n % 3}`, role: 'member' }),
      ),
    );
    assert.equal((await directory.users('w', { limit: 10 })).items.length, 1);
    await close();
  });

  it('provisions those who come with someone who can’t be kept', async () => {
    const { directory, close } = await open();
    const come = (user_id: string, role: Role = 'member') =>
      directory.provision({ workspace_id: 'w', user_id, role }).then(
        () => user_id,
        () => `not ${user_id}`,
      );
    const people = [come('U1'), come('U2'), come('U3', null as never), come('U4')];
    assert.deepEqual(await Promise.all(people), ['U1', 'U2', 'not U3', 'U4']);
    assert.deepEqual(
      (await directory.users('w', { limit: 10 })).items.map(({ user_id }) => user_id),
      ['U1', 'U2', 'U4'],
    );
    await close();
  });

  it('ends access once, until it is given back', async () => {
    const { directory, close } = await withPeople(open, ['ann']);
    const ann = { workspace_id: 'w', user_id: 'ann' };
    assert.equal(await directory.deactivate(ann, request), true);
    assert.equal(await directory.deactivate(ann, request), false);
    assert.equal(await directory.deactivate({ workspace_id: 'w', user_id: 'nobody' }, request), false);
    assert.equal((await directory.provision({ ...ann, name: 'Ann', role: 'member' })).deactivated, true);
    assert.equal(await directory.reactivate(ann, request), true);
    assert.equal(await directory.reactivate(ann, request), false);
    assert.equal((await directory.user(ann))!.deactivated, false);
    await close();
  });

  it('reads people by id', async () => {
    const { directory, close } = await withPeople(open, ['ann', 'bob', "o'neil"]);
    const found = await directory.usersById('w', ['bob', 'nobody', "o'neil", 'bob']);
    assert.deepEqual(found.map((user) => user.user_id).sort(), ['bob', "o'neil"]);
    assert.deepEqual(await directory.usersById('w', []), []);
    await assert.rejects(
      directory.usersById(
        'w',
        Array.from({ length: 1_001 }, (_, n) => `u${n}`),
      ),
      refused('invalid_request'),
    );
    await close();
  });

  it('lists people by name and id, with a prefix of either, without regard to case', async () => {
    const { directory, close } = await open();
    const people = [
      ['U3', 'Ärger'],
      ['U1', 'anna'],
      ['u2', 'Anton'],
      ['X1', 'ANNA'],
      ['ANx', 'zoe'],
      ['Y1', '100%_sure'],
    ];
    for (const [user_id, name] of people)
      await directory.provision({ workspace_id: 'w', user_id: user_id!, name: name!, role: 'member' });
    await directory.provision({ workspace_id: 'other', user_id: 'An', name: 'An', role: 'member' });
    const ids = async (prefix?: string) =>
      (await all(2, (page) => directory.users('w', { ...page, prefix }))).map((user) => user.user_id);
    assert.deepEqual(await ids(), ['Y1', 'U1', 'X1', 'u2', 'ANx', 'U3']);
    assert.deepEqual(await ids('aN'), ['U1', 'X1', 'u2', 'ANx']);
    assert.deepEqual(await ids('ä'), ['U3']);
    assert.deepEqual(await ids('u'), ['U1', 'u2', 'U3']);
    assert.deepEqual(await ids('%'), []);
    assert.deepEqual(await ids('100%'), ['Y1']);
    await close();
  });

  it('refuses cursors that are not its own, and limits out of range', async () => {
    const { directory, close } = await withPeople(open, ['ann', 'bob']);
    const { next_cursor } = await directory.users('w', { limit: 1 });
    for (const cursor of [
      '',
      'x',
      'e30',
      Buffer.from('["users","a"]').toString('base64url'),
      Buffer.from('["users","a",1]').toString('base64url'),
    ]) {
      await assert.rejects(directory.users('w', { limit: 1, cursor }), refused('invalid_request', /^cursor: /), cursor);
    }
    await assert.rejects(
      directory.members('w', 'c', { limit: 1, cursor: next_cursor! }),
      refused('invalid_request', /^cursor: /),
    );
    for (const limit of [0, 201, 1.5, -1])
      await assert.rejects(directory.users('w', { limit }), refused('invalid_request', /^limit: /));
    await close();
  });
}
