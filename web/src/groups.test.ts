import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { MillraceError, type MillraceRest } from '../../client/index.ts';
import { Groups, groupsIn } from './groups.ts';

/** A server with the groups `crew` (with me) and `rest` (without), and what it was asked. */
function stage() {
  const asked: string[] = [];
  const people: Readonly<Record<string, string[]>> = { crew: ['me', 'bob'], rest: ['bob'] };
  const rest = {
    group: async (id: string) => {
      asked.push(id);
      const members = people[id];
      if (!members) throw new MillraceError({ code: 'not_found', detail: 'no such group' });
      return { group_id: id, name: `The ${id}`, member_count: members.length, members };
    },
  } as unknown as MillraceRest;
  return { groups: new Groups(rest, 'me'), asked };
}

test('finds the groups of a text, as the server does', () => {
  assert.deepEqual(groupsIn('<!group:a> <!group:b-1|@b> <!group:> <!group:c d> <@a>'), ['a', 'b-1']);
});

test('asks once for a group’s name and whether it calls one; one that is gone keeps its id', async () => {
  const { groups, asked } = stage();
  let changes = 0;
  groups.events.on('change', () => changes++);
  for (let i = 0; i < 3; i++) for (const id of ['crew', 'rest', 'gone']) groups.name(id);
  assert.equal(groups.callMe('<!group:crew>'), false);
  await sleep(1);
  assert.deepEqual(
    ['crew', 'rest', 'gone'].map((id) => groups.name(id)),
    ['The crew', 'The rest', 'gone'],
  );
  assert.equal(groups.callMe('<!group:rest> <!group:gone>'), false);
  assert.equal(groups.callMe('<!group:rest> <!group:crew>'), true);
  assert.deepEqual([asked, changes], [['crew', 'rest', 'gone'], 3]);
});

test('offers by the beginning of a name or an id, and nothing that is gone', async () => {
  const { groups } = stage();
  groups.learnNames([{ group_id: 'ops', name: 'Operators', member_count: 1 }]);
  for (const id of ['crew', 'gone']) groups.name(id);
  await sleep(1);
  const names = (prefix: string) => groups.beginningWith(prefix).map(({ name }) => name);
  assert.deepEqual(
    [names('the'), names('CREW'), names('op'), names('gone')],
    [['The crew'], ['The crew'], ['Operators'], []],
  );
  groups.forget('ops');
  assert.deepEqual(names('op'), []);
});

test('keeps 500', async () => {
  const { groups, asked } = stage();
  groups.name('crew');
  await sleep(1);
  groups.learnNames(Array.from({ length: 500 }, (_, i) => ({ group_id: `g${i}`, name: `g${i}`, member_count: 0 })));
  groups.name('crew');
  assert.deepEqual(asked, ['crew', 'crew']);
});

test('what was kept is shown at once, and asked for again', async () => {
  const { groups, asked } = stage();
  groups.restore([{ group_id: 'crew', name: 'As it was', mine: false }]);
  assert.deepEqual([groups.name('crew'), groups.mine('crew')], ['As it was', false]);
  await sleep(1);
  assert.deepEqual([groups.name('crew'), groups.mine('crew'), asked], ['The crew', true, ['crew']]);
  assert.deepEqual(groups.known(), [{ group_id: 'crew', name: 'The crew', mine: true }]);
});
