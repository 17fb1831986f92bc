import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { all, channel, type Open, outboxOf, refused, request, withPeople } from './setup.ts';

const ann = { workspace_id: 'w', user_id: 'ann' };
const bob = { workspace_id: 'w', user_id: 'bob' };

export function channelContract(open: Open): void {
  it('knows which channels came by an import', async () => {
    const { directory, close } = await withPeople(open, ['ann']);
    await directory.createChannel(channel('C1', { imported: true }), request);
    await directory.createChannel(channel('C2'), request);
    assert.deepEqual(await directory.importedAmong('w', ['C1', 'C2', 'none']), ['C1']);
    assert.deepEqual(await directory.importedAmong('v', ['C1']), []);
    await close();
  });

  it('creates a channel with its creator, its members and one outbox row', async () => {
    const { directory, close } = await withPeople(open, ['ann', 'bob']);
    const made = await directory.createChannel(
      channel('C1', { name: 'General', type: 'private', members: ['bob', 'ann', 'bob'] }),
      request,
    );
    assert.deepEqual(made, {
      channel: {
        workspace_id: 'w',
        channel_id: 'C1',
        name: 'General',
        type: 'private',
        topic: '',
        creator_id: 'ann',
        archived: false,
        member_count: 2,
        posting: 'everyone',
        trim: null,
        home: null,
        created_at: 1_577_836_800_000,
      },
      created: true,
      change_id: 1,
    });
    assert.deepEqual(await outboxOf(directory), [
      {
        workspace_id: 'w',
        channel_id: 'C1',
        ...request,
        change: {
          change_id: 1,
          change: 'joined',
          user_ids: ['ann', 'bob'],
          change_ids: [],
          channel: null,
          region: null,
        },
      },
    ]);
    assert.deepEqual(await directory.access(bob, 'C1'), { channel: made.channel, member: true });
    assert.deepEqual(await directory.access({ ...ann, user_id: 'eve' }, 'C1'), {
      channel: made.channel,
      member: false,
    });
    assert.equal(await directory.access({ workspace_id: 'other', user_id: 'ann' }, 'C1'), undefined);
    assert.deepEqual(await directory.channelByName('w', 'gEnErAl'), made.channel);
    assert.equal(await directory.channelByName('other', 'general'), undefined);
    assert.deepEqual(await directory.channelsById('w', ['C1', 'C2']), [made.channel]);
    await close();
  });

  it('refuses a taken name or id and unknown members, and changes nothing then', async () => {
    const { directory, close } = await withPeople(open, ['ann']);
    await directory.createChannel(channel('C1', { name: 'Straße' }), request);
    await assert.rejects(
      directory.createChannel(channel('C1', { name: 'new' }), request),
      refused('conflict', /channel_id.*C1/),
    );
    await assert.rejects(
      directory.createChannel(channel('C2', { name: 'STRASSE' }), request),
      refused('conflict', /^name: STRASSE/),
    );
    await assert.rejects(
      directory.createChannel(channel('C3', { members: ['zed', 'ann', 'yan'] }), request),
      refused('not_found', /zed, yan$/),
    );
    await assert.rejects(
      directory.createChannel(channel('C4', { user_id: 'nobody' }), request),
      refused('not_found', /nobody/),
    );
    assert.equal((await outboxOf(directory)).length, 1);
    assert.deepEqual(await directory.channelsById('w', ['C2', 'C3', 'C4']), []);
    // The same ids and names in another workspace are other things.
    await directory.provision({ workspace_id: 'other', user_id: 'ann', role: 'member' });
    assert.equal(
      (await directory.createChannel({ ...channel('C1', { name: 'strasse' }), workspace_id: 'other' }, request))
        .created,
      true,
    );
    await close();
  });

  it('gives the same channel for the same idempotency key of the same person', async () => {
    const { directory, close } = await withPeople(open, ['ann', 'bob']);
    const first = await directory.createChannel(channel('C1', { idempotency_key: 'k' }), request);
    const again = await directory.createChannel(channel('C2', { name: 'else', idempotency_key: 'k' }), request);
    assert.deepEqual(again, { channel: first.channel, created: false, change_id: null });
    assert.equal(
      (await directory.createChannel(channel('C3', { user_id: 'bob', idempotency_key: 'k' }), request)).created,
      true,
    );
    const raced = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        directory.createChannel(channel(`R${n}`, { name: `r${n}`, idempotency_key: 'race' }), request),
      ),
    );
    assert.equal(raced.filter((made) => made.created).length, 1);
    assert.equal(new Set(raced.map((made) => made.channel.channel_id)).size, 1);
    await close();
  });

  it('has one dm for the same people, whoever opens it; dms have no unique name', async () => {
    const { directory, close } = await withPeople(open, ['ann', 'bob', 'cem']);
    const dm = await directory.createChannel(channel('D1', { type: 'dm', name: '', members: ['bob'] }), request);
    const same = await directory.createChannel(
      channel('D2', { type: 'dm', name: '', user_id: 'bob', members: ['ann', 'bob'] }),
      request,
    );
    assert.deepEqual(same, { channel: dm.channel, created: false, change_id: null });
    const other = await directory.createChannel(channel('D3', { type: 'dm', name: '', members: ['cem'] }), request);
    assert.equal(other.created, true);
    assert.equal(await directory.channelByName('w', ''), undefined);
    await close();
  });

  it('does not find a dm by people it is no longer between', async () => {
    const { directory, close } = await withPeople(open, ['ann', 'bob', 'cem']);
    const dm = (id: string, members: string[]) =>
      directory.createChannel(channel(id, { type: 'dm', name: '', members }), request);
    await dm('D1', ['bob']);
    await directory.addMembers('w', 'D1', ['cem'], request);
    assert.equal((await dm('D2', ['bob'])).channel.channel_id, 'D2');
    assert.equal((await dm('D3', ['bob', 'cem'])).channel.channel_id, 'D1');
    await directory.removeMembers('w', 'D1', ['cem'], request);
    assert.equal((await dm('D4', ['bob'])).channel.channel_id, 'D2');
    await close();
  });

  it('changes name, topic and archive, each in the outbox, and nothing where nothing changes', async () => {
    const { directory, close } = await withPeople(open, ['ann']);
    const { channel: made } = await directory.createChannel(channel('C1', { name: 'one' }), request);
    await directory.createChannel(channel('C2', { name: 'two' }), request);
    const change = (to: { name?: string; topic?: string; archived?: boolean }) =>
      directory.changeChannel('w', 'C1', to, request);
    const renamed = await change({ name: 'ONE', topic: 'what for' });
    assert.deepEqual(renamed, { channel: { ...made, name: 'ONE', topic: 'what for' }, change_id: 3 });
    assert.deepEqual(await change({ name: 'ONE' }), { channel: renamed.channel, change_id: null });
    await assert.rejects(change({ name: 'Two' }), refused('conflict', /Two is taken/));
    await assert.rejects(directory.changeChannel('w', 'C9', { topic: 'x' }, request), refused('not_found', /C9/));
    const archived = await change({ archived: true });
    assert.equal(archived.channel.archived, true);
    await assert.rejects(change({ topic: 'y' }), refused('conflict', /archived/));
    assert.equal((await change({ archived: true })).change_id, null);
    const back = await change({ archived: false });
    assert.deepEqual(back.channel, renamed.channel);
    const last = (await outboxOf(directory)).at(-1)!;
    const { workspace_id: _w, channel_id: _c, ...story } = renamed.channel;
    assert.deepEqual(last.change, {
      ...{ change_id: back.change_id, change: 'channel', user_ids: [], change_ids: [], channel: story, region: null },
    });
    await close();
  });

  it('moves a home to a newer one alone; a move that is taken over leaves by no outbox row', async () => {
    const { directory, close } = await withPeople(open, ['ann']);
    await directory.createChannel(channel('C1', { home: { region: 2, epoch: 1 } }), { ...request, region: 2 });
    const rows = await outboxOf(directory);
    assert.equal(rows[0]!.change.region, 2);
    assert.equal(await directory.moveHome('w', 'C1', { region: 1, epoch: 1 }, request), false);
    assert.equal(await directory.moveHome('w', 'C1', { region: 1, epoch: 2 }, request), true);
    assert.equal(await directory.moveHome('w', 'C1', { region: 1, epoch: 2 }, request), false);
    const [moved] = (await outboxOf(directory)).slice(rows.length);
    assert.deepEqual([moved!.change.channel?.home, moved!.change.region], [{ region: 1, epoch: 2 }, null]);
    assert.equal(await directory.moveHome('w', 'C1', { region: 3, epoch: 2 }, { ...request, region: 3 }), true);
    assert.equal((await outboxOf(directory)).length, rows.length + 1);
    assert.deepEqual((await directory.access(ann, 'C1'))?.channel.home, { region: 3, epoch: 2 });
    await assert.rejects(directory.moveHome('w', 'C9', { region: 1, epoch: 1 }, request), refused('not_found'));
    await close();
  });

  it("lists one's own channels and the public ones to join, and what one may read", async () => {
    const { directory, close } = await withPeople(open, ['ann', 'bob']);
    await directory.createChannel(channel('P1', { name: 'Beta' }), request);
    await directory.createChannel(channel('P2', { name: 'alpha', members: ['bob'] }), request);
    await directory.createChannel(channel('P3', { name: 'gamma' }), request);
    await directory.changeChannel('w', 'P3', { archived: true }, request);
    await directory.createChannel(channel('S1', { name: 'secret', type: 'private' }), request);
    await directory.createChannel(channel('S2', { name: 'shared', type: 'private', members: ['bob'] }), request);
    const ids = async (person: typeof ann, member: boolean) =>
      (await all(1, (page) => directory.channels(person, member, page))).map((c) => c.channel_id);
    assert.deepEqual(await ids(ann, true), ['P2', 'P1', 'P3', 'S1', 'S2']);
    assert.deepEqual(await ids(ann, false), []);
    assert.deepEqual(await ids(bob, true), ['P2', 'S2']);
    assert.deepEqual(await ids(bob, false), ['P1']);
    const every = async (workspace: string) =>
      (await all(1, (page) => directory.everyChannel(workspace, page))).map((c) => c.channel_id);
    assert.deepEqual(await every('w'), ['P2', 'P1', 'P3', 'S1', 'S2'], 'private and archived ones, too');
    assert.deepEqual(await every('other'), []);
    assert.deepEqual((await directory.readableChannels(bob, false)).sort(), ['P1', 'P2', 'P3', 'S2']);
    assert.deepEqual((await directory.readableChannels(bob, true)).sort(), ['P2', 'S2']);
    assert.deepEqual(await directory.readableChannels({ ...bob, workspace_id: 'other' }, false), []);
    await close();
  });

  it('pages through any set of names without a gap or a repeat, whatever is created meanwhile', async () => {
    const { directory, close } = await withPeople(open, ['ann']);
    let made = 0;
    const name = fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom('a', 'B', 'ß', 'é', '"', '%', '𝒳') });
    const names = fc.uniqueArray(name, { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(names, fc.integer({ min: 1, max: 4 }), async (batch, limit) => {
        const before = new Set(await directory.readableChannels(ann, true));
        const added: string[] = [];
        const seen: string[] = [];
        await all(limit, async (page) => {
          const read = await directory.channels(ann, true, page);
          seen.push(...read.items.map((item) => item.channel_id));
          const next = batch.pop();
          if (next !== undefined) {
            const id = `N${made++}`;
            added.push(id);
            await directory.createChannel(channel(id, { name: `${next}${id}` }), request);
          }
          return read;
        });
        assert.equal(new Set(seen).size, seen.length);
        for (const id of before) assert.ok(seen.includes(id));
      }),
      { numRuns: 12 },
    );
    await close();
  });

  it('makes an imported channel with its topic, archive and posting in one transaction, and an imported dm beside another', async () => {
    const { directory, close } = await withPeople(open, ['ann', 'bob']);
    const made = { imported: true, topic: 'as it was', archived: true, posting: 'managers' } as const;
    const { channel: whole, change_id } = await directory.createChannel(channel('C1', made), request);
    assert.deepEqual([whole.topic, whole.archived, whole.posting], ['as it was', true, 'managers']);
    const rows = await outboxOf(directory);
    assert.deepEqual(
      rows.map(({ change }) => [change.change, change.channel?.topic]),
      [
        ['joined', undefined],
        ['channel', 'as it was'],
      ],
    );
    assert.equal(change_id, rows.at(-1)!.change.change_id);
    const dm = { type: 'dm' as const, name: '', members: ['bob'] };
    const { channel: own } = await directory.createChannel(channel('D1', dm), request);
    const imported = await directory.createChannel(channel('D2', { ...dm, imported: true }), request);
    assert.deepEqual([imported.created, imported.channel.channel_id], [true, 'D2']);
    const found = await directory.createChannel(channel('D3', dm), request);
    assert.deepEqual([found.created, found.channel.channel_id], [false, own.channel_id]);
    await close();
  });
}
