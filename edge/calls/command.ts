import { MillraceError, messageOf } from '../../platform/errors/error.ts';
import { channelKey } from '../../platform/keys.ts';
import type { ChannelHome, MessageCommand } from '../../schemas/generated/types.ts';
import type { Outcome } from '../gateway/requests.ts';
import type { CallContext, Caller } from './context.ts';

/** Puts a command on the log and waits for what follows. Errors: the sequencer's refusals, `unavailable`. */
export async function command(
  { log, gateway, logger }: CallContext,
  caller: Caller,
  channelId: string,
  body: MessageCommand['body'],
  home: ChannelHome | null = null,
): Promise<Outcome> {
  const key = channelKey(caller.workspace_id, channelId);
  const elsewhere = (): void => {
    log
      .append([{ topic: 'region_sends', key, schema: 'MessageCommand', value }])
      .catch((error: unknown) => logger.warn({ error: messageOf(error) }, 'a send was not handed to its home'));
  };
  const request = gateway.requests.open({ elsewhere });
  const value: MessageCommand = {
    workspace_id: caller.workspace_id,
    channel_id: channelId,
    actor_id: caller.user_id,
    reply_to: request.reply_to,
    trace_id: caller.trace_id,
    carried: null,
    home,
    body,
  };
  try {
    const append = {
      topic: 'message_commands',
      key,
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
