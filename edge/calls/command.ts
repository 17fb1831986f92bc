import { MillraceError, messageOf } from '../../platform/errors/error.ts';
import { channelKey } from '../../platform/keys.ts';
import type { ChannelHome, MessageCommand } from '../../schemas/generated/types.ts';
import type { Outcome } from '../gateway/requests.ts';
import type { CallContext, Caller } from './context.ts';

/** Puts a command on the log; resolves with what follows. Errors: the sequencer's refusals, `unavailable`. */
export function command(
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
  const appended = log.append([{ topic: 'message_commands', key, schema: 'MessageCommand', value }]);
  caller.placed?.();
  return appended.then(
    () => request.outcome,
    (cause: unknown) => {
      request.cancel();
      const detail = 'the log does not take writes now: send it again with the same client_msg_id';
      throw new MillraceError('unavailable', detail, { retryAfter: 1, cause });
    },
  );
}
