import { parseSettings } from '../../config/parse.ts';
import { adminCall } from '../admin-client.ts';
import type { Terminal } from '../command.ts';

/** Holds `topology` or `topology/node`, or lets it go on. */
export async function hold(path: '/pause' | '/resume', what: string, json: boolean, terminal: Terminal): Promise<void> {
  const [topology, node] = what.split('/', 2);
  const { data_dir } = parseSettings(terminal.env);
  for await (const line of adminCall(data_dir, 'POST', path, { topology, node })) {
    const { still_held = [] } = line as { still_held?: string[] };
    if (json) terminal.out(JSON.stringify(line));
    else if (path === '/resume') {
      terminal.out(`${what} goes on.`);
      for (const held of still_held) terminal.err(`${held} is held still: \`millrace resume ${held}\` lets it go on.`);
    } else
      terminal.out(`${what} is held: what leads there waits in its topics. \`millrace resume ${what}\` lets it go on.`);
  }
}
