import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { AuditEvent } from '../../../schemas/generated/types.ts';
import type { Directory } from '../port.ts';
import { all, channel, type Open, refused, request, withPeople } from './setup.ts';

const told = (entries: AuditEvent[]): unknown[] =>
  entries.map(({ action, channel_id, user_ids, changes, actor_id }) => ({
    ...{ action, channel_id, user_ids, changes, actor_id },
  }));

async function everything(directory: Directory): Promise<AuditEvent[]> {
  return (await all(2, (page) => directory.audit('w', {}, page))).reverse();
}

export function auditContract(open: Open): void {
  it('records each change of people and channels with who made it, and nothing where nothing changed', async () => {
    const { directory, close } = await withPeople(open, ['ann', 'bob']);
    const by = { actor_id: 'ann', channel_id: 'C1', changes: [], user_ids: [] as string[] };
    await directory.createChannel(channel('C1'), request);
    await directory.addMembers('w', 'C1', ['bob'], request);
    await directory.addMembers('w', 'C1', ['bob'], request);
    await directory.changeChannel('w', 'C1', { topic: 't', posting: 'managers' }, request);
    await directory.changeChannel('w', 'C1', { topic: 't' }, request);
    await directory.removeMembers('w', 'C1', ['bob'], request);
    await directory.provision({ workspace_id: 'w', user_id: 'bob', name: 'Bob', role: 'member' });
    await directory.provision({ workspace_id: 'w', user_id: 'bob', role: 'admin' });
    await directory.deactivate({ workspace_id: 'w', user_id: 'bob' }, request);
    await directory.deactivate({ workspace_id: 'w', user_id: 'bob' }, request);
    await directory.reactivate({ workspace_id: 'w', user_id: 'bob' }, request);
    const made = [
      { field: 'type', before: '', after: 'public' },
      { field: 'name', before: '', after: 'c1' },
    ];
    const changed = [
      { field: 'topic', before: '', after: 't' },
      { field: 'posting', before: 'everyone', after: 'managers' },
    ];
    const role = [{ field: 'role', before: 'member', after: 'admin' }];
    const entries = await everything(directory);
    assert.deepEqual(told(entries), [
      { ...by, action: 'channel.created', user_ids: ['ann'], changes: made },
      { ...by, action: 'members.added', user_ids: ['bob'] },
      { ...by, action: 'channel.changed', changes: changed },
      { ...by, action: 'members.removed', user_ids: ['bob'] },
      { ...by, action: 'role.changed', actor_id: 'bob', channel_id: null, user_ids: ['bob'], changes: role },
      { ...by, action: 'person.deactivated', channel_id: null, user_ids: ['bob'] },
      { ...by, action: 'person.reactivated', channel_id: null, user_ids: ['bob'] },
    ]);
    assert.ok(entries.every((entry) => entry.workspace_id === 'w' && Math.abs(entry.time - Date.now()) < 60_000));
    assert.equal(entries[0]!.trace_id, request.trace_id);
    await close();
  });

  it('records nothing of a change that was refused', async () => {
    const { directory, close } = await withPeople(open, ['ann']);
    await directory.createChannel(channel('C1'), request);
    await assert.rejects(directory.createChannel(channel('C2', { name: 'c1' }), request), refused('conflict'));
    await assert.rejects(directory.addMembers('w', 'C1', ['nobody'], request), refused('not_found'));
    assert.equal((await everything(directory)).length, 1);
    await close();
  });

  it('names 1,000 people in a record at most', async () => {
    const people = Array.from({ length: 1_500 }, (_, n) => `p${n}`);
    const { directory, close } = await withPeople(open, ['ann']);
    await Promise.all(
      people.map((user_id) => directory.provision({ workspace_id: 'w', user_id, role: 'member' as const })),
    );
    await directory.createChannel(channel('C1', { members: people }), request);
    const entries = await everything(directory);
    assert.deepEqual(
      entries.map((entry) => entry.user_ids.length),
      [1_000, 501],
    );
    await close();
  });

  it('is read by action, actor and channel, and by its own workspace alone', async () => {
    const { directory, close } = await withPeople(open, ['ann', 'bob']);
    await directory.createChannel(channel('C1'), request);
    await directory.createChannel(channel('C2', { user_id: 'bob' }), { ...request, actor_id: 'bob' });
    await directory.changeChannel('w', 'C1', { topic: 't' }, { ...request, actor_id: 'bob' });
    const page = { limit: 10 };
    const channels = async (filter: object) =>
      (await directory.audit('w', filter, page)).items.map((entry) => `${entry.action} ${entry.channel_id}`);
    assert.deepEqual(await channels({}), ['channel.changed C1', 'channel.created C2', 'channel.created C1']);
    assert.deepEqual(await channels({ action: 'channel.created' }), ['channel.created C2', 'channel.created C1']);
    assert.deepEqual(await channels({ actor_id: 'bob' }), ['channel.changed C1', 'channel.created C2']);
    assert.deepEqual(await channels({ actor_id: 'bob', channel_id: 'C1' }), ['channel.changed C1']);
    assert.deepEqual((await directory.audit('other', {}, page)).items, []);
    const forged = Buffer.from('["audit","x"]').toString('base64url');
    await assert.rejects(directory.audit('w', {}, { limit: 1, cursor: forged }), refused('invalid_request', /^cursor/));
    await close();
  });

  it('waits for the log, and is forgotten by age once it is there', async () => {
    const { directory, close } = await withPeople(open, ['ann']);
    await directory.createChannel(channel('C1'), request);
    await directory.createChannel(channel('C2'), request);
    const waiting = await directory.auditOutbox(10);
    assert.deepEqual(
      waiting.map((entry) => entry.channel_id),
      ['C1', 'C2'],
    );
    assert.deepEqual((await directory.auditOutbox(1)).length, 1);
    await directory.settleAudit([waiting[0]!.audit_id, 999]);
    assert.deepEqual(await directory.auditOutbox(10), waiting.slice(1));
    assert.equal(await directory.forgetAudit(0, 10), 0);
    assert.equal(await directory.forgetAudit(Date.now() + 60_000, 10), 1, 'not the one that waits');
    await directory.settleAudit([waiting[1]!.audit_id]);
    assert.equal((await everything(directory)).length, 1);
    assert.equal(await directory.forgetAudit(Date.now() + 60_000, 10), 1);
    assert.deepEqual(await everything(directory), []);
    await close();
  });
}
