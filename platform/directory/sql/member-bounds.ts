import { MillraceError } from '../../errors/error.ts';
import type { MemberBounds } from '../port.ts';
import type { Scope } from './scope.ts';

/**
 * Error: `conflict` where a channel that would have `count` members, or one of the people who come in, is past a bound.
 * What several calls add at once is not counted by each other.
 */
export async function checkBounds(
  scope: Scope,
  workspaceId: string,
  userIds: string[],
  count: number,
  most: MemberBounds | undefined,
): Promise<void> {
  if (!most) return;
  if (count > most.members)
    throw new MillraceError('conflict', `members: a channel takes ${most.members} at most, and this makes ${count}`);
  const full = await scope.db
    .selectFrom('members')
    .select('user_id')
    .where('workspace_id', '=', workspaceId)
    .where('user_id', 'in', scope.db.selectFrom(scope.dialect.listed(userIds).as('listed')).select('listed.id'))
    .groupBy('user_id')
    .having((on) => on.fn.countAll<number>(), '>=', most.channels)
    .limit(1)
    .executeTakeFirst();
  if (full)
    throw new MillraceError(
      'conflict',
      `members: ${full.user_id} is in ${most.channels} channels already, which is the most; leave one first`,
    );
}
