import type { Logger } from 'pino';
import type { Directory } from '../../platform/directory/port.ts';
import type { Log } from '../../platform/log/port.ts';
import type { MessageStore } from '../../platform/messages/port.ts';
import type { Presence } from '../../platform/presence/port.ts';
import type { SearchIndex } from '../../platform/search/port.ts';
import type { Tracing } from '../../platform/tracing/port.ts';
import type { Admission } from '../admission.ts';
import type { Identity } from '../auth/claims.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { PresenceWatches } from '../socket/presence-watches.ts';
import type { KnownAccess } from './known-access.ts';

/** What the calls of the contract work with. */
export interface CallContext {
  log: Log;
  store: MessageStore;
  directory: Directory;
  search: SearchIndex;
  gateway: Gateway;
  access: KnownAccess;
  presence: Presence;
  watches: PresenceWatches;
  tracing: Tracing;
  logger: Logger;
  /** This region's number; undefined where there is one region. */
  region?: number | undefined;
  admission: Pick<Admission, 'forget'>;
  /** Takes what the directory holds for the log there now. */
  relay(): void;
}

/** Who calls, with the trace of the call. */
export interface Caller extends Identity {
  /** As records carry it (platform/tracing/context.ts). */
  trace_id: string;
  /** Called once the call's command has its place on the log, or needs none: what the caller sends next comes after it. */
  placed?: (() => void) | undefined;
}

/** Written out, for a spread costs a message more than its rights do. */
export function callerOf(identity: Identity, trace_id: string, placed?: () => void): Caller {
  const { workspace_id, user_id, role, name, email, expires } = identity;
  return { workspace_id, user_id, role, name, email, expires, trace_id, placed };
}
