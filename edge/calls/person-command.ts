import { MillraceError } from '../../platform/errors/error.ts';
import { personKey } from '../../platform/keys.ts';
import type { Append } from '../../platform/log/port.ts';
import type { ReplyTo } from '../../schemas/generated/types.ts';
import type { CallContext, Caller } from './context.ts';

type Command = Extract<Append, { schema: 'ReadCommand' | 'ThreadReadCommand' }>;

/** Puts a command of a person about themself on the log, and waits until it is done. Error: `unavailable`. */
export async function personCommand(
  context: CallContext,
  { workspace_id, user_id }: Caller,
  onOpen: ((request: number) => void) | undefined,
  command: (replyTo: ReplyTo) => Pick<Command, 'schema' | 'value'>,
): Promise<void> {
  const request = context.gateway.requests.open();
  onOpen?.(request.reply_to.request);
  try {
    const key = personKey(workspace_id, user_id);
    await context.log.append([{ topic: 'read_commands', key, ...command(request.reply_to) } as Command]);
  } catch (error) {
    request.cancel();
    throw new MillraceError('unavailable', 'the log does not take writes now: send it again', {
      retryAfter: 1,
      cause: error,
    });
  }
  await request.outcome;
}
