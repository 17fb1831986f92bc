import type { Access, Role } from '../platform/directory/port.ts';
import { MillraceError } from '../platform/errors/error.ts';

/** Who acts, or is acted on. */
export interface Actor {
  user_id: string;
  role: Role;
}

/**
 * How a person stands to a channel. `manager`: a member who is its creator, an admin or an owner; `outside_manager`: the same
 * outside a public channel. Everyone is `hidden` from a private channel that they are not in, and guests from any: for them
 * it does not exist.
 */
type Standing = 'hidden' | 'outside' | 'outside_manager' | 'member' | 'manager';

const everyone: readonly Standing[] = ['outside', 'outside_manager', 'member', 'manager'];
const members: readonly Standing[] = ['member', 'manager'];
const managers: readonly Standing[] = ['outside_manager', 'manager'];

/** The policy table of channels: who may do what. Who isn't named is refused: 404 where hidden, 403 elsewhere. */
const inChannel = {
  read: everyone,
  list_members: everyone,
  join: everyone,
  leave: everyone,
  send: members,
  reply: members,
  edit: members,
  react: members,
  mark_read: members,
  set_push_level: members,
  invite: members,
  set_topic: members,
  delete: ['outside_manager', ...members],
  read_edits: everyone,
  remove: managers,
  rename: managers,
  archive: managers,
  set_posting: managers,
} as const satisfies { [act: string]: readonly Standing[] };

/** What may be done in an archived channel all the same. */
const archivedAllows: readonly Act[] = ['read', 'list_members', 'mark_read', 'set_push_level', 'read_edits', 'archive'];

/** What members who are no managers may not do where managers alone post: an announcement channel. */
const announcementsRefuse: readonly Act[] = ['send'];

/** The policy table of workspaces: which roles may do what. */
const inWorkspace = {
  create_channel: ['owner', 'admin', 'member'],
  import: ['owner', 'admin'],
  read_audit: ['owner', 'admin'],
  deactivate: ['owner', 'admin'],
  manage_groups: ['owner', 'admin'],
  change_workspace: ['owner', 'admin'],
  read_retention: ['owner', 'admin', 'member', 'guest'],
  set_retention: ['owner', 'admin'],
  manage_holds: ['owner', 'admin'],
  erase: ['owner'],
} as const satisfies { [act: string]: readonly Role[] };

/** What one may want to do in or with a channel. */
export type Act = keyof typeof inChannel;
export type WorkspaceAct = keyof typeof inWorkspace;

export const acts = Object.keys(inChannel) as Act[];

/** Errors: `not_found` for what one may not know of, `forbidden`, `conflict` where the channel is archived. */
export function allow(act: Act, access: Access | undefined, person: Actor): Access {
  const standing = access ? standingOf(access, person) : 'hidden';
  if (!access || standing === 'hidden') throw new MillraceError('not_found', 'channel_id: there is no such channel');
  if (!(inChannel[act] as readonly Standing[]).includes(standing)) {
    const joining = access.member ? '' : ': join the channel first';
    throw new MillraceError('forbidden', `you may not ${act.replaceAll('_', ' ')} here${joining}`);
  }
  if (access.channel.archived && !archivedAllows.includes(act)) {
    throw new MillraceError('conflict', 'the channel is archived: un-archive it first');
  }
  if (access.channel.posting === 'managers' && standing === 'member' && announcementsRefuse.includes(act)) {
    throw new MillraceError('forbidden', 'its creator and admins alone post here: reply in a thread instead');
  }
  return access;
}

/** Error: `forbidden`. */
export function allowInWorkspace(act: WorkspaceAct, person: Actor): void {
  const roles: readonly Role[] = inWorkspace[act];
  if (!roles.includes(person.role))
    throw new MillraceError('forbidden', `you may not ${act.replaceAll('_', ' ')} here: ask an admin or an owner`);
}

/** Whether a message may be deleted: by its author, the channel's creator, an admin or an owner. */
export function mayDelete(access: Access, person: Actor, authorId: string): boolean {
  return authorId === person.user_id || isManager(access, person);
}

/** Whether earlier texts of a message may be read: by its author, an admin or an owner. */
export function mayReadEdits(person: Actor, authorId: string): boolean {
  return authorId === person.user_id || isAdmin(person);
}

/** Nobody ends their own access, and an owner's only an owner. Error: `forbidden`. */
export function allowDeactivation(person: Actor, whom: Actor): void {
  allowInWorkspace('deactivate', person);
  if (whom.user_id === person.user_id)
    throw new MillraceError('forbidden', 'user_id: nobody ends their own access: ask another admin');
  if (whom.role === 'owner' && person.role !== 'owner')
    throw new MillraceError('forbidden', 'user_id: an owner’s access is changed by an owner');
}

/** Owners erase people, themselves and other owners not. Error: `forbidden`. */
export function allowErasure(person: Actor, whom: Actor): void {
  allowInWorkspace('erase', person);
  if (whom.user_id === person.user_id)
    throw new MillraceError('forbidden', 'user_id: nobody erases themselves: ask another owner');
  if (whom.role === 'owner')
    throw new MillraceError('forbidden', 'user_id: an owner is not erased: let their token name another role first');
}

function standingOf(access: Access, person: Actor): Standing {
  if (access.member) return isManager(access, person) ? 'manager' : 'member';
  if (access.channel.type !== 'public' || person.role === 'guest') return 'hidden';
  return isManager(access, person) ? 'outside_manager' : 'outside';
}

function isManager(access: Access, person: Actor): boolean {
  return isAdmin(person) || access.channel.creator_id === person.user_id;
}

function isAdmin({ role }: Actor): boolean {
  return role === 'admin' || role === 'owner';
}
