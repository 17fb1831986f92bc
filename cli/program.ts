import { Command } from 'commander';
import { type AddCommand, hasHelp, type Terminal } from './command.ts';
import { everyCode, exitCodes } from './exit-codes.ts';

/** Where help is shown without a terminal: in pages, pipes and tests. */
const plainWidth = 100;

/**
 * The program with some commands. It throws instead of ending the process; only `terminal` is written to, and what is wrong
 * with a command line is for `complain`.
 */
export function buildProgram(
  commands: AddCommand[],
  terminal: Terminal & { complain: (text: string) => void },
  exitWith: (code: number) => void,
  whole: () => Promise<Command>,
): Command {
  const width = (): number => (terminal.screen && process.stdout.columns) || plainWidth;
  const program = new Command('millrace')
    .description('Team messaging as a stream-processing pipeline with declarative topologies.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.complain(text.trimEnd()),
      getOutHelpWidth: width,
      getErrHelpWidth: width,
    })
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for what there is)')
    .addHelpText('after', `\n${exitCodes(everyCode)}`);
  for (const add of commands) add(program, terminal, exitWith, whole);
  // A command that doesn't say which exit codes it knows may end with any.
  for (const command of program.commands)
    if (!hasHelp(command) && command.commands.length === 0) command.addHelpText('after', `\n${exitCodes(everyCode)}`);
  return program;
}

/** A command's whole `--help`, as a terminal of the plain width shows it. */
export function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => plainWidth });
  command.outputHelp();
  return text.trimEnd();
}
