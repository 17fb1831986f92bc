import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Access, ChannelRecord, Role } from '../platform/directory/port.ts';
import { MillraceError } from '../platform/errors/error.ts';
import type { ChannelType } from '../schemas/generated/types.ts';
import { type Act, acts, allow, allowDeactivation, allowInWorkspace, mayDelete, mayReadEdits } from './policy.ts';

const roles: Role[] = ['owner', 'admin', 'member', 'guest'];
const types: ChannelType[] = ['public', 'private', 'group', 'dm'];
const yesNo = [true, false];

interface Case {
  act: Act;
  role: Role;
  type: ChannelType;
  member: boolean;
  creator: boolean;
  archived: boolean;
  posting: 'everyone' | 'managers';
}

const cases: Case[] = acts.flatMap((act) =>
  roles.flatMap((role) =>
    types.flatMap((type) =>
      yesNo.flatMap((member) =>
        yesNo.flatMap((creator) =>
          yesNo.flatMap((archived) =>
            (['everyone', 'managers'] as const).map((posting) => ({
              ...{ act, role, type, member, creator, archived, posting },
            })),
          ),
        ),
      ),
    ),
  ),
);

/** The contract's "Who may", sentence by sentence. */
function expected({ act, role, type, member, creator, archived, posting }: Case): string {
  const manages = creator || role === 'admin' || role === 'owner';
  // "A private channel, group or dm does not exist for others (404)"; "guests see only channels that they are in".
  if (!member && (type !== 'public' || role === 'guest')) return 'not_found';
  const reading = ['read', 'list_members', 'read_edits'];
  // "A public channel's history is open to every member; sending, hearing and being counted need joining (403 before)."
  if (!member && ![...reading, 'join', 'leave'].includes(act)) {
    // "To rename, archive or remove others: the channel's creator, an admin, an owner"; they delete, too.
    if (!manages || !['rename', 'archive', 'remove', 'delete', 'set_posting'].includes(act)) return 'forbidden';
  }
  if (member && ['rename', 'archive', 'remove', 'set_posting'].includes(act) && !manages) return 'forbidden';
  // "An archived channel can be read and un-archived; other changes, joining too, are 409."
  if (archived && ![...reading, 'mark_read', 'set_push_level', 'archive'].includes(act)) return 'conflict';
  if (posting === 'managers' && act === 'send' && !manages) return 'forbidden';
  return 'allowed';
}

function outcome(check: () => unknown): string {
  try {
    check();
    return 'allowed';
  } catch (error) {
    assert.ok(error instanceof MillraceError);
    return error.code;
  }
}

function access({ type, member, creator, archived, posting }: Case): Access {
  const creator_id = creator ? 'me' : 'someone';
  return { member, channel: { type, creator_id, archived, posting } as ChannelRecord };
}

describe('the policy table', () => {
  it(`says what the contract says, in each of its ${cases.length} cells`, () => {
    assert.equal(cases.length, acts.length * 256);
    for (const one of cases) {
      const { act, role } = one;
      const found = outcome(() => allow(act, access(one), { user_id: 'me', role }));
      assert.equal(found, expected(one), JSON.stringify(one));
    }
    for (const act of acts)
      assert.equal(
        outcome(() => allow(act, undefined, { user_id: 'me', role: 'owner' })),
        'not_found',
      );
  });

  it('lets each role do its part in a workspace', () => {
    const may = (act: Parameters<typeof allowInWorkspace>[0]): Role[] =>
      roles.filter((role) => outcome(() => allowInWorkspace(act, { user_id: 'me', role })) === 'allowed');
    assert.deepEqual(may('create_channel'), ['owner', 'admin', 'member']);
    for (const act of ['import', 'read_audit', 'deactivate', 'manage_groups'] as const)
      assert.deepEqual(may(act), ['owner', 'admin']);
  });

  it('ends nobody’s own access, and an owner’s by an owner alone', () => {
    for (const role of roles) {
      for (const whose of roles) {
        const [me, other] = [
          { user_id: 'me', role },
          { user_id: 'other', role: whose },
        ];
        const may = role === 'owner' || (role === 'admin' && whose !== 'owner');
        assert.equal(
          outcome(() => allowDeactivation(me, other)),
          may ? 'allowed' : 'forbidden',
          `${role} ends ${whose}`,
        );
      }
      assert.equal(
        outcome(() => allowDeactivation({ user_id: 'me', role }, { user_id: 'me', role })),
        'forbidden',
      );
    }
  });

  it('lets authors and managers delete, authors and admins read edits', () => {
    for (const one of cases.filter((each) => each.act === 'delete')) {
      const me = { user_id: 'me', role: one.role };
      const admin = one.role === 'admin' || one.role === 'owner';
      assert.equal(mayDelete(access(one), me, 'me'), true);
      assert.equal(mayDelete(access(one), me, 'other'), admin || one.creator);
      assert.equal(mayReadEdits(me, 'me'), true);
      assert.equal(mayReadEdits(me, 'other'), admin);
    }
  });
});
