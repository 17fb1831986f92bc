import pc from 'picocolors';
import { parseSettings } from '../../config/parse.ts';
import { demoWorkspace } from '../../server/demo.ts';
import { type Running, type Serving, startServer } from '../../server/start.ts';
import type { Terminal } from '../command.ts';
import { opsLink } from '../ops-link.ts';
import { untilStopped } from './until-stopped.ts';

/** Runs the process until a signal stops it; prints where it is and what to try. */
export async function runDev({ json }: { json?: boolean }, terminal: Terminal): Promise<void> {
  const settings = parseSettings(terminal.env);
  const running = await startServer(settings);
  const says = {
    stopping: 'Stopping: clients are told to come back, units of work end …',
    stopped: 'Stopped. Everything acknowledged is on disk.',
  };
  const stopped = untilStopped(running, says, terminal);
  const serving = running.edge!;
  const links = await demoWorkspace(running.engines, serving, settings.region);
  if (json) terminal.out(JSON.stringify({ url: serving.url, pid: process.pid, transport: serving.transport, links }));
  else terminal.out(welcome(serving, running, links, terminal.color));
  await stopped;
}

function welcome(
  { url, transport }: Serving,
  { dataDir, operators }: Running,
  links: { name: string; link: string }[],
  color: boolean,
): string {
  const paint = pc.createColors(color);
  return [
    '',
    `  ${paint.bold('Millrace')} is running at ${paint.cyan(url)} ${paint.dim(`(${transport}, data in ${dataDir})`)}`,
    '',
    '  A demo workspace, ready to chat in; open both, in two windows:',
    ...links.map(({ name, link }) => `    ${name.padEnd(6)} ${paint.cyan(link)}`),
    '',
    '  What runs inside, for operators:',
    `           ${paint.cyan(opsLink(operators))}`,
    '',
    '  Next, in another terminal:',
    '    npx millrace status                                       what runs, and how far it is',
    '    npx millrace top                                          the same, live',
    '    npx millrace tap messages/sequence                        the records that leave a node',
    '    npx millrace token --user carol --workspace demo          a token for someone else',
    '    npx millrace import EXPORT.zip --workspace demo           a Slack export',
    '    npx millrace graph                                        the topologies, drawn',
    '',
    paint.dim('  Ctrl-C stops it; the next start goes on where it was.'),
    '',
  ].join('\n');
}
