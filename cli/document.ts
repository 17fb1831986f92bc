import type { Command } from 'commander';
import type { Terminal } from './command.ts';
import { programOf } from './main.ts';
import { helpOf } from './program.ts';

const silent: Terminal = {
  out: () => undefined,
  err: () => undefined,
  live: false,
  screen: false,
  color: false,
  env: {},
};

/** The program with every command, to look at. */
export function wholeProgram(): Promise<Command> {
  return programOf('all', silent, () => undefined);
}

/** The commands that `--help` shows. */
export function shownCommands(program: Command): readonly Command[] {
  return program
    .createHelp()
    .visibleCommands(program)
    .filter((command) => command.name() !== 'help');
}

/** docs/cli: a page for each command and a list of them, from the same text as `--help`. */
export async function cliPages(): Promise<{ [path: string]: string }> {
  const program = await wholeProgram();
  const shown = shownCommands(program);
  const pages = Object.fromEntries(shown.map((command) => [`docs/cli/${command.name()}.md`, page(command)]));
  return { 'docs/cli/README.md': list(program, shown), ...pages };
}

function page(command: Command): string {
  const parts = [`# millrace ${command.name()}`, '', command.description(), '', ...helpBlock(command)];
  for (const sub of shownCommands(command))
    parts.push(`## millrace ${command.name()} ${sub.name()}`, '', sub.description(), '', ...helpBlock(sub));
  return parts.join('\n');
}

function list(program: Command, shown: readonly Command[]): string {
  return [
    '# The commands',
    '',
    'Each is run as `npx millrace COMMAND`. Results go to stdout, all else to stderr; with `--json` errors are JSON too.',
    'Colours are for terminals only, and NO_COLOR turns them off. These pages are made from `--help` by `npm run generate`.',
    '',
    '| command | |',
    '| --- | --- |',
    ...shown.map((command) => `| [${command.name()}](${command.name()}.md) | ${command.description()} |`),
    '',
    ...helpBlock(program),
  ].join('\n');
}

function helpBlock(command: Command): string[] {
  return ['```', helpOf(command), '```', ''];
}
