import type { Command } from 'commander';

/** What a command needs of the terminal and the system; tests give their own. */
export interface Terminal {
  /** Results only. */
  out(text: string): void;
  /** Progress, hints and errors. */
  err(text: string): void;
  /** Whether `err` is a terminal that can overwrite its last line. */
  live: boolean;
  color: boolean;
  env: { [name: string]: string | undefined };
}

/** Adds one command to the program; `run` ends with the exit code. */
export type AddCommand = (program: Command, terminal: Terminal, done: (code: number) => void) => void;

/** Help text with examples, as every command has it. */
export function examples(lines: [command: string, meaning: string][]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return ['', 'Examples:', ...lines.map(([command, meaning]) => `  $ ${command.padEnd(width)}   ${meaning}`)].join(
    '\n',
  );
}
