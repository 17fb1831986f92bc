import { createInterface } from 'node:readline/promises';
import { MillraceError } from '../platform/errors/error.ts';
import type { Terminal } from './command.ts';

/**
 * Asks on the terminal, and goes on only after a yes. Errors: `conflict` after anything else; `invalid_request` where
 * nobody can be asked, with what to say instead.
 */
export async function confirm(terminal: Terminal, question: string, instead: string): Promise<void> {
  if (!process.stdin.isTTY || !terminal.live)
    throw new MillraceError('invalid_request', `without a terminal to ask on, ${instead}`);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(`${question} [y/N] `);
  lines.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new MillraceError('conflict', 'nothing was changed');
}
