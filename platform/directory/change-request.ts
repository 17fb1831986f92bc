import type { ReplyTo } from '../../schemas/generated/types.ts';

/** Who changes something, and where the answer goes once the change's event is out. */
export interface ChangeRequest {
  actor_id: string;
  reply_to: ReplyTo | null;
  trace_id: string;
  /** The region whose change is taken over here; unset: it is made here. */
  region?: number | undefined;
}
