import type { Access, Role } from '../platform/directory/port.ts';
import { MillraceError } from '../platform/errors/error.ts';

/** What one may want to do in or with a channel. */
export type Act =
  | 'read'
  | 'send'
  | 'delete'
  | 'join'
  | 'invite'
  | 'leave'
  | 'remove'
  | 'set_topic'
  | 'rename'
  | 'archive'
  | 'list_members';

/** How a person stands to a channel. */
type Standing = 'outside_public' | 'outside_private' | 'member' | 'manager' | 'outside_manager';

/**
 * The policy table: who may do what. `manager`: the channel's creator, an admin or an owner, who is a member;
 * `outside_manager`: an admin or owner who is not a member of a public channel. Guests outside stand as for a private
 * channel: it does not exist for them. What isn't listed is refused: 404 outside private channels, 403 elsewhere.
 */
const table: { [Who in Standing]: readonly Act[] } = {
  outside_private: [],
  outside_public: ['read', 'list_members', 'join', 'leave'],
  outside_manager: ['read', 'list_members', 'join', 'leave', 'delete', 'remove', 'rename', 'archive'],
  member: ['read', 'list_members', 'send', 'delete', 'join', 'invite', 'leave', 'set_topic'],
  manager: [
    'read',
    'list_members',
    'send',
    'delete',
    'join',
    'invite',
    'leave',
    'set_topic',
    'remove',
    'rename',
    'archive',
  ],
};

/** What an archived channel still allows. */
const archivedAllows: readonly Act[] = ['read', 'list_members', 'archive'];

/** Errors: `not_found` for what one may not know of, `forbidden`, `conflict` where the channel is archived. */
export function allow(act: Act, access: Access | undefined, person: { user_id: string; role: Role }): Access {
  const standing = access ? standingOf(access, person) : 'outside_private';
  if (!access || standing === 'outside_private')
    throw new MillraceError('not_found', 'channel_id: there is no such channel');
  if (!table[standing].includes(act)) {
    const joining = standing === 'outside_public' || standing === 'outside_manager' ? ': join the channel first' : '';
    throw new MillraceError('forbidden', `you may not ${act.replace('_', ' ')} here${joining}`);
  }
  if (access.channel.archived && !archivedAllows.includes(act)) {
    throw new MillraceError('conflict', 'the channel is archived: un-archive it first');
  }
  return access;
}

/** Whether a message may be deleted: by its author, the channel's creator, an admin or an owner. */
export function mayDelete(access: Access, person: { user_id: string; role: Role }, authorId: string): boolean {
  return authorId === person.user_id || isManager(access, person);
}

function standingOf(access: Access, person: { user_id: string; role: Role }): Standing {
  if (access.member) return isManager(access, person) ? 'manager' : 'member';
  if (access.channel.type !== 'public' || person.role === 'guest') return 'outside_private';
  return isManager(access, person) ? 'outside_manager' : 'outside_public';
}

function isManager(access: Access, person: { user_id: string; role: Role }): boolean {
  return person.role === 'admin' || person.role === 'owner' || access.channel.creator_id === person.user_id;
}
