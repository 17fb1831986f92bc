/** What audit records tell of: the thing, then what happened to it. A record of a newer version may hold another. */
export const auditActions = [
  'channel.created',
  'channel.changed',
  'members.added',
  'members.removed',
  'person.deactivated',
  'person.reactivated',
  'role.changed',
  'group.changed',
  'group.deleted',
  'workspace.changed',
  'retention.changed',
  'hold.changed',
  'hold.released',
  'person.erasure_requested',
  'person.erased',
] as const;

export type AuditAction = (typeof auditActions)[number];
