import { parseSettings } from '../../config/parse.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import type { HomeMoved } from '../../server/regions/move-home.ts';
import { adminCall } from '../admin-client.ts';
import type { Terminal } from '../command.ts';

export interface HomeOptions {
  workspace: string;
  channel: string;
  to?: string;
  force?: boolean;
  json?: boolean;
}

/** Has the process tell or move the home of a channel. */
export async function runHome({ workspace, channel, to, force, json }: HomeOptions, terminal: Terminal): Promise<void> {
  if (to !== undefined && !/^\d{1,2}$/.test(to))
    throw new MillraceError('invalid_request', `--to ${to}: must be the number of a region, 0 to 63`);
  if (force && to === undefined)
    throw new MillraceError('invalid_request', '--force needs --to, the region to take it to');
  const body = { workspace, channel, ...(to === undefined ? {} : { to: Number(to) }), ...(force ? { force } : {}) };
  for await (const line of adminCall(parseSettings(terminal.env).data_dir, 'POST', '/home', body)) {
    const { home, moved } = line as HomeMoved;
    if (json) return terminal.out(JSON.stringify({ ...home, moved }));
    const verb = moved ? 'has its home now' : 'has its home';
    terminal.out(`${channel} ${verb} in region ${home.region}, under epoch ${home.epoch}`);
    if (moved) terminal.err('the regions hear of it by their logs; `millrace home` there tells when they have');
  }
}
