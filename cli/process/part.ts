import { parseSettings } from '../../config/parse.ts';
import type { Roles } from '../../server/roles.ts';
import { startServer } from '../../server/start.ts';
import type { Terminal } from '../command.ts';
import { opsLink } from '../ops-link.ts';
import { untilStopped } from './until-stopped.ts';

/** Runs one process of several until a signal stops it; prints where it is reached. */
export async function runPart(roles: Roles, { json }: { json?: boolean }, terminal: Terminal): Promise<void> {
  const running = await startServer(parseSettings(terminal.env), roles);
  const says = roles.edge
    ? {
        stopping: 'Stopping: clients are told to come back to another edge …',
        stopped: 'Stopped; the slot is given back.',
      }
    : { stopping: 'Stopping: units of work end …', stopped: 'Stopped; other workers have the partitions.' };
  const stopped = untilStopped(running, says, terminal);
  const { edge, operators } = running;
  if (json) terminal.out(JSON.stringify({ url: edge?.url ?? null, ops_url: operators.url, pid: process.pid }));
  else
    terminal.out(
      [
        ...(edge
          ? [`Serving clients at ${edge.url} (${edge.transport})`]
          : [`Running ${roles.runs === 'all' ? 'topologies' : roles.runs.join(', ')}`]),
        `For operators: ${opsLink(operators)}`,
      ].join('\n'),
    );
  await stopped;
}
