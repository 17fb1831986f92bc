import type { Command } from 'commander';
import type { ErrorCode } from '../platform/errors/catalogue.ts';
import { exitCodes } from './exit-codes.ts';

/** What a command needs of the terminal and the system; tests give their own. */
export interface Terminal {
  /** Results only. */
  out(text: string): void;
  /** Progress, hints and errors. */
  err(text: string): void;
  /** Whether `err` is a terminal that can overwrite its last line. */
  live: boolean;
  /** Whether `out` is a terminal that a command may draw on. */
  screen: boolean;
  color: boolean;
  env: { [name: string]: string | undefined };
}

/** Adds one command to the program; `run` ends with the exit code. `whole` is the program with every command. */
export type AddCommand = (
  program: Command,
  terminal: Terminal,
  done: (code: number) => void,
  whole: () => Promise<Command>,
) => void;

/**
 * What an example needs to be run as a test: `nothing` but a folder to stand in, a `process` on its data folder (with
 * dead letters 0 and 1), or more than a test gives (`parsed`): it is then only checked that its words are understood.
 */
type Needs = 'nothing' | 'process' | 'parsed';

export type Example = [command: string, meaning: string, needs?: Needs];

const known: Example[] = [];

/** Every example of the commands that have been added so far. */
export function knownExamples(): readonly Example[] {
  return known;
}

/** What is longer has its meaning on a line of its own. */
const widest = 56;

/** Help text with examples, as every command has it. */
function examples(lines: Example[]): string {
  known.push(...lines.filter(([command]) => !known.some(([other]) => other === command)));
  const width = Math.max(0, ...lines.map(([command]) => command.length).filter((length) => length <= widest));
  const shown = lines.map(([command, meaning]) =>
    command.length <= widest ? `  $ ${command.padEnd(width)}   ${meaning}` : `  $ ${command}\n      ${meaning}`,
  );
  return ['', 'Examples:', ...shown].join('\n');
}

interface Help {
  examples: Example[];
  /** Errors of the catalogue that this command is known to end with, besides those that any command can. */
  exits: readonly ErrorCode[];
  /** Exit codes whose meaning here is no error's. */
  means?: { [code: number]: string };
}

const helped = new WeakSet<Command>();

/** Whether a command has said its exit codes. */
export function hasHelp(command: Command): boolean {
  return helped.has(command);
}

/** Ends a command's `--help` with examples and exit codes. */
export function withHelp(command: Command, { examples: lines, exits, means }: Help): Command {
  helped.add(command);
  return command.addHelpText('after', examples(lines)).addHelpText('after', `\n${exitCodes(exits, means)}`);
}

/** The errors of every command that calls a running process. */
export const callErrors = ['not_running', 'config_invalid', 'unavailable'] as const satisfies ErrorCode[];
