import { parseSettings } from '../../config/parse.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import { overall } from '../../runtime/observing/state.ts';
import type { StatusAnswer } from '../../server/admin/routes/status.ts';
import { adminCall } from '../admin-client.ts';
import type { Terminal } from '../command.ts';

export type Status = StatusAnswer;

/** What runs on the data folder. Error: `not_running`. */
export async function fetchStatus({ env }: Pick<Terminal, 'env'>): Promise<Status> {
  for await (const line of adminCall(parseSettings(env).data_dir, 'GET', '/status')) return line as Status;
  throw new MillraceError('unavailable', 'the process ended while it answered');
}

/** Whether all is as it should be; what an operator holds, and a version that takes over, is. */
export function healthy({ topologies }: Status): boolean {
  return overall(topologies).tone !== 'bad';
}
