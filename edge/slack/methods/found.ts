import type { Message } from '../../../schemas/generated/types.ts';
import { SlackError, type SlackErrorName } from '../errors.ts';
import type { Reading, SlackCall } from '../method.ts';

/** The message of a channel that has a ts; a deleted one is none. Error: `message_not_found`, or the one that is given. */
export async function found(
  { times }: SlackCall,
  { id }: Reading,
  ts: string,
  missing: SlackErrorName = 'message_not_found',
): Promise<Message> {
  const message = await times.find(id, ts);
  if (!message || message.deleted) throw new SlackError(missing, 'there is no message with this ts in the channel');
  return message;
}
