import { parseSettings } from '../../config/parse.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import { adminCall } from '../admin-client.ts';
import type { Terminal } from '../command.ts';

/** The one answer of a call about dead letters. */
export async function callDeadLetters<Answer>(
  { env }: Terminal,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<Answer> {
  for await (const line of adminCall(parseSettings(env).data_dir, method, `/dead-letters${path}`, body))
    return line as Answer;
  throw new MillraceError('unavailable', 'the process ended before it had answered');
}
