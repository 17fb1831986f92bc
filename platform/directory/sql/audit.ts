import type { AuditChange, AuditEvent } from '../../../schemas/generated/types.ts';
import type { AuditAction } from '../audit-actions.ts';
import type { Page, PageRequest } from '../page.ts';
import type { AuditFilter } from '../port.ts';
import { takeNumbers } from './counters.ts';
import { checkLimit, decodeCursor, numberOf, pageOf } from './cursor.ts';
import { peoplePerChange } from './outbox.ts';
import type { Scope } from './scope.ts';

/** Rows in one statement: 7 parameters each, far below every engine's bound. */
const rowsPerInsert = 500;

export interface Audited {
  workspace_id: string;
  actor_id: string;
  trace_id: string;
  action: AuditAction;
  channel_id?: string;
  user_ids?: string[];
  changes?: AuditChange[];
}

/** Writes a record of each, in this order; more than 1,000 people are several. In the transaction of what it tells of. */
export async function writeAudit(tx: Scope, audited: Audited[]): Promise<void> {
  const parts = audited.flatMap(inParts);
  if (parts.length === 0) return;
  const first = await takeNumbers(tx, 'audit_id', parts.length);
  const time = tx.clock();
  const entries = parts.map((part, index): AuditEvent => {
    const { workspace_id, actor_id, action, trace_id, channel_id = null, user_ids = [], changes = [] } = part;
    return { audit_id: first + index, workspace_id, time, actor_id, action, channel_id, user_ids, changes, trace_id };
  });
  for (let start = 0; start < entries.length; start += rowsPerInsert) {
    const some = entries.slice(start, start + rowsPerInsert);
    await tx.db
      .insertInto('audit')
      .values(
        some.map((entry) => {
          const { audit_id, workspace_id, actor_id, action, channel_id } = entry;
          return { audit_id, workspace_id, time, actor_id, action, channel_id, entry: JSON.stringify(entry) };
        }),
      )
      .execute();
    await tx.db
      .insertInto('audit_outbox')
      .values(some.map(({ audit_id }) => ({ audit_id })))
      .execute();
  }
}

function inParts(audited: Audited): Audited[] {
  const { user_ids = [] } = audited;
  if (user_ids.length <= peoplePerChange) return [audited];
  const parts: Audited[] = [];
  for (let start = 0; start < user_ids.length; start += peoplePerChange) {
    parts.push({ ...audited, user_ids: user_ids.slice(start, start + peoplePerChange) });
  }
  return parts;
}

export async function readAudit(
  scope: Scope,
  workspaceId: string,
  filter: AuditFilter,
  page: PageRequest,
): Promise<Page<AuditEvent>> {
  checkLimit(page.limit);
  const [before] = decodeCursor('audit', 1, page.cursor) ?? [];
  let query = scope.db.selectFrom('audit').select('entry').where('workspace_id', '=', workspaceId);
  if (filter.action !== undefined) query = query.where('action', '=', filter.action);
  if (filter.actor_id !== undefined) query = query.where('actor_id', '=', filter.actor_id);
  if (filter.channel_id !== undefined) query = query.where('channel_id', '=', filter.channel_id);
  if (before !== undefined) query = query.where('audit_id', '<', numberOf(before));
  const rows = await query
    .orderBy('audit_id', 'desc')
    .limit(page.limit + 1)
    .execute();
  const entries = rows.map((row) => JSON.parse(row.entry) as AuditEvent);
  return pageOf(
    'audit',
    page,
    entries,
    (entry) => entry,
    (entry) => [String(entry.audit_id)],
  );
}

export async function readAuditOutbox(scope: Scope, limit: number): Promise<AuditEvent[]> {
  const rows = await scope.db
    .selectFrom('audit_outbox')
    .innerJoin('audit', 'audit.audit_id', 'audit_outbox.audit_id')
    .select('audit.entry')
    .orderBy('audit_outbox.audit_id')
    .limit(limit)
    .execute();
  return rows.map((row) => JSON.parse(row.entry) as AuditEvent);
}

export async function settleAudit(scope: Scope, auditIds: number[]): Promise<void> {
  for (let start = 0; start < auditIds.length; start += rowsPerInsert) {
    await scope.db
      .deleteFrom('audit_outbox')
      .where('audit_id', 'in', auditIds.slice(start, start + rowsPerInsert))
      .execute();
  }
}

export async function forgetAudit(scope: Scope, time: number, limit: number): Promise<number> {
  const old = scope.db
    .selectFrom('audit')
    .select('audit_id')
    .where('time', '<', time)
    .where('audit_id', 'not in', scope.db.selectFrom('audit_outbox').select('audit_id'))
    .orderBy('audit_id')
    .limit(limit);
  const { numDeletedRows } = await scope.db.deleteFrom('audit').where('audit_id', 'in', old).executeTakeFirst();
  return Number(numDeletedRows);
}
