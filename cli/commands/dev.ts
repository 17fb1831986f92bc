import pc from 'picocolors';
import { parseSettings } from '../../config/parse.ts';
import { settings as settingsTable } from '../../config/settings.ts';
import { demoWorkspace } from '../../server/demo.ts';
import { type Running, startEmbedded } from '../../server/start.ts';
import { type AddCommand, examples, type Terminal } from '../command.ts';

export const addDev: AddCommand = (program, terminal) => {
  program
    .command('dev')
    .description('Runs everything in one process: log, processors, stores, search, edge and web page.')
    .option('--json', 'print one line of JSON instead of the welcome')
    .addHelpText(
      'after',
      examples([
        ['millrace dev', 'on port 8080, data in ./.millrace'],
        ['PORT=0 MILLRACE_DATA_DIR=/tmp/m millrace dev', 'a free port, another folder'],
      ]),
    )
    .addHelpText('after', `\nSettings, by environment:\n${settingsHelp()}`)
    .action(async ({ json }: { json?: boolean }) => {
      const running = await startEmbedded(parseSettings(terminal.env));
      const stopped = untilStopped(running, terminal);
      const links = running.secret ? await demoWorkspace(running) : [];
      if (json)
        terminal.out(JSON.stringify({ url: running.url, pid: process.pid, transport: running.transport, links }));
      else terminal.out(welcome(running, links, terminal.color));
      await stopped;
    });
};

/** Resolves once the process has been asked to stop and has stopped; a second signal ends it at once. */
async function untilStopped(running: Running, terminal: Terminal): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  terminal.err('Stopping: clients are told to come back, units of work end …');
  await running.stop();
  terminal.err('Stopped. Everything acknowledged is on disk.');
}

function welcome(
  { url, dataDir, transport }: Running,
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
    '  Next, in another terminal:',
    '    npx millrace status                                       what runs, and how far it is',
    '    npx millrace token --user carol --workspace demo          a token for someone else',
    '    npx millrace import EXPORT.zip --workspace demo           a Slack export',
    '    npx millrace graph                                        the topologies, drawn',
    '',
    paint.dim('  Ctrl-C stops it; the next start goes on where it was.'),
    '',
  ].join('\n');
}

function settingsHelp(): string {
  return Object.values(settingsTable)
    .map(({ env, help, schema }) => {
      const value = (schema as { default?: unknown }).default;
      return `  ${env.padEnd(24)} ${help}${value === undefined ? '' : ` Default ${value}.`}`;
    })
    .join('\n');
}
