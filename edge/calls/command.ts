import { MillraceError } from '../../platform/errors/error.ts';
import { channelKey } from '../../platform/keys.ts';
import type { MessageCommand } from '../../schemas/generated/types.ts';
import type { Outcome } from '../gateway/requests.ts';
import type { CallContext, Caller } from './context.ts';

/** Puts a command on the log and waits for what follows. Errors: the sequencer's refusals, `unavailable`. */
export async function command(
  { log, gateway }: CallContext,
  caller: Caller,
  channelId: string,
  body: MessageCommand['body'],
): Promise<Outcome> {
  const request = gateway.requests.open();
  const value: MessageCommand = {
    workspace_id: caller.workspace_id,
    channel_id: channelId,
    actor_id: caller.user_id,
    reply_to: request.reply_to,
    trace_id: caller.trace_id,
    carried: null,
    home: null,
    body,
  };
  try {
    const append = {
      topic: 'message_commands',
      key: channelKey(caller.workspace_id, channelId),
      schema: 'MessageCommand' as const,
      value,
    };
    const appended = log.append([append]);
    caller.placed?.();
    await appended;
  } catch (error) {
    request.cancel();
    const detail = 'the log does not take writes now: send it again with the same client_msg_id';
    throw new MillraceError('unavailable', detail, { retryAfter: 1, cause: error });
  }
  return request.outcome;
}
