import type { PageRequest } from '../../platform/directory/page.ts';
import type { AuditFilter } from '../../platform/directory/port.ts';
import type { AuditChange, AuditEvent } from '../../schemas/generated/types.ts';
import { allowInWorkspace } from '../policy.ts';
import { timeText } from '../wire/time.ts';
import type { CallContext, Caller } from './context.ts';

/** Of a hidden channel these changes alone are told: they name nothing and nobody. */
const openFields: readonly string[] = ['type', 'archived', 'posting'];

/** Of a channel that is hidden from the caller it says that something was done, and neither names nor members. */
export async function audit(context: CallContext, caller: Caller, filter: AuditFilter, page: PageRequest) {
  allowInWorkspace('read_audit', caller);
  const { workspace_id, user_id } = caller;
  const { items, next_cursor } = await context.directory.audit(workspace_id, filter, page);
  const readable = new Set(await context.directory.readableChannels({ workspace_id, user_id }, false));
  const isHidden = ({ channel_id }: AuditEvent): boolean => channel_id !== null && !readable.has(channel_id);
  return { entries: items.map((item) => wireEntry(item, isHidden(item))), next_cursor };
}

function wireEntry(event: AuditEvent, hidden: boolean) {
  const { audit_id, time, actor_id, action, channel_id, user_ids, changes } = event;
  const shown = { audit_id: String(audit_id), time: timeText(time), actor_id, action, channel_id };
  return hidden
    ? { ...shown, user_ids: [], changes: changes.map(redacted), redacted: true }
    : { ...shown, user_ids, changes };
}

function redacted({ field, before, after }: AuditChange): AuditChange {
  return openFields.includes(field) ? { field, before, after } : { field, before: '', after: '' };
}
