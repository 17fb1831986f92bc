import { Command, CommanderError } from 'commander';
import { MillraceError, messageOf } from '../platform/errors/error.ts';
import type { AddCommand, Terminal } from './command.ts';
import { addDev } from './commands/dev.ts';
import { addGraph } from './commands/graph.ts';
import { addImport } from './commands/import.ts';
import { addLint } from './commands/lint.ts';
import { addReplay } from './commands/replay.ts';
import { addStatus } from './commands/status.ts';
import { addToken } from './commands/token.ts';
import { hintFor } from './hints.ts';

const commands: AddCommand[] = [addDev, addLint, addGraph, addStatus, addToken, addImport, addReplay];

/** Runs a command line; the exit code. Only this prints errors. */
export async function main(args: string[], terminal: Terminal = systemTerminal()): Promise<number> {
  let code = 0;
  const program = new Command('millrace')
    .description('Team messaging as a stream-processing pipeline with declarative topologies.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    })
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for what there is)')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 wrong use, 3 topology errors, 4 not allowed, 10 port taken, 11 data folder in use,\n12 data folder not writable, 13 nothing runs there, 14 export not readable, 78 wrong configuration.',
    );
  const exitWith = (wanted: number): void => {
    code = wanted;
  };
  for (const add of commands) add(program, terminal, exitWith);
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof MillraceError) {
      terminal.err(`millrace: ${error.detail}`);
      const hint = hintFor(error.code);
      if (hint) terminal.err(`  ${hint}`);
      return error.exitCode;
    }
    terminal.err(`millrace: ${error instanceof Error ? (error.stack ?? error.message) : messageOf(error)}`);
    return 1;
  }
}

function systemTerminal(): Terminal {
  const live = process.stderr.isTTY === true && !process.env['CI'];
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    live,
    color: process.stdout.isTTY === true && !process.env['NO_COLOR'],
    env: process.env,
  };
}
