import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { MillraceError, messageOf } from '../../platform/errors/error.ts';
import type { ShownLetter } from '../../server/dead-letters/dead-letters.ts';
import type { Terminal } from '../command.ts';
import { callDeadLetters } from './call.ts';
import { report } from './change.ts';
import { type EditOptions, idOf } from './options.ts';

/** Sends a letter back with another value: given, from a file, or made in an editor. */
export async function editLetter(text: string, options: EditOptions, terminal: Terminal): Promise<void> {
  const id = idOf(text);
  if (options.set !== undefined) return send(id, parsed(options.set, '--set'), options, terminal);
  if (options.value !== undefined) {
    return send(id, parsed(readFileSync(options.value, 'utf8'), options.value), options, terminal);
  }
  const letter = await callDeadLetters<ShownLetter>(terminal, 'GET', `/${id}`);
  const folder = mkdtempSync(`${tmpdir()}/millrace-letter-`);
  const file = `${folder}/letter-${id}.json`;
  const before = `${JSON.stringify(letter.value ?? {}, null, 2)}\n`;
  // What it holds is private, like the folder.
  writeFileSync(file, before, { mode: 0o600 });
  openEditor(file, terminal);
  const after = readFileSync(file, 'utf8');
  if (after === before)
    terminal.err('The value was left as it was: nothing was sent. `millrace dlq redrive` does that.');
  else {
    try {
      await send(id, parsed(after, file), options, terminal);
    } catch (error) {
      if (error instanceof MillraceError)
        throw new MillraceError(
          error.code,
          `${error.detail}\nKept: ${file}, for \`millrace dlq edit ${id} --value FILE\``,
        );
      throw error;
    }
  }
  rmSync(folder, { recursive: true });
}

async function send(id: number, value: unknown, options: EditOptions, terminal: Terminal): Promise<void> {
  const answer = await callDeadLetters<{ redriven: number[] }>(terminal, 'POST', '/redrive', { ids: [id], value });
  report(answer, answer.redriven, 'edited and sent back', options, terminal);
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new MillraceError('invalid_request', `${where}: is not JSON: ${messageOf(error)}`);
  }
}

function openEditor(file: string, { env }: Terminal): void {
  const editor = env['VISUAL'] || env['EDITOR'] || 'vi';
  // The variable may hold arguments: a shell takes it apart, the file's name stays one word.
  const { status, error } = spawnSync('sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' });
  if (error || status !== 0)
    throw new MillraceError(
      'invalid_request',
      `the editor \`${editor}\` ended with ${error ? messageOf(error) : status}`,
    );
}
