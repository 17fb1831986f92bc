import type { Logger } from 'pino';
import type { Directory } from '../../platform/directory/port.ts';
import { personKey } from '../../platform/keys.ts';
import type { Append, Log } from '../../platform/log/port.ts';
import type { AuditEvent } from '../../schemas/generated/types.ts';
import { Relay } from './relay.ts';

const batchSize = 200;
/** Old records go in bites, so that no other call waits long for the database. */
const forgottenAtOnce = 1000;
const forgetEvery_ms = 3_600_000;
const day_ms = 86_400_000;

/**
 * Records of the audit log, on their way to the topic; and with that of an ended access, word of it to the person's sockets,
 * which is thus sent whoever crashes. Records older than `days` are forgotten.
 */
export function auditRelay(directory: Directory, log: Log, days: number, logger: Logger, clock = Date.now): Relay {
  let forgotAt = 0;
  const step = async (): Promise<boolean> => {
    const records = await directory.auditOutbox(batchSize);
    if (records.length > 0) {
      const ended = records.filter((record) => record.action === 'person.deactivated').flatMap(accessEnded);
      if (ended.length > 0) await log.append(ended);
      await log.append(
        records.map((value) => ({ topic: 'audit_events', key: value.workspace_id, schema: 'AuditEvent', value })),
      );
      await directory.settleAudit(records.map((record) => record.audit_id));
      return true;
    }
    if (clock() - forgotAt < forgetEvery_ms) return false;
    const forgotten = await directory.forgetAudit(clock() - days * day_ms, forgottenAtOnce);
    if (forgotten === forgottenAtOnce) return true;
    forgotAt = clock();
    return false;
  };
  return new Relay('the audit log', step, logger);
}

function accessEnded({ workspace_id, user_ids }: AuditEvent): Append[] {
  return user_ids.map((user_id) => {
    const value = {
      workspace_id,
      user_id,
      body: { AccessEnded: { reason: 'your access to this workspace has ended' } },
    };
    return { topic: 'person_events', key: personKey(workspace_id, user_id), schema: 'PersonEvent', value };
  });
}
