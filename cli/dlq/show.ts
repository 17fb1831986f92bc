import pc from 'picocolors';
import { shownKey } from '../../runtime/observing/shown-key.ts';
import type { ShownLetter } from '../../server/dead-letters/dead-letters.ts';
import type { Terminal } from '../command.ts';
import { callDeadLetters } from './call.ts';
import { idOf } from './options.ts';

/** Prints one letter with all that is known of it. */
export async function showLetter(id: string, { json }: { json?: boolean }, terminal: Terminal): Promise<void> {
  const letter = await callDeadLetters<ShownLetter>(terminal, 'GET', `/${idOf(id)}`);
  terminal.out(json ? JSON.stringify(letter, null, 2) : render(letter, terminal.color));
}

function render(letter: ShownLetter, color: boolean): string {
  const paint = pc.createColors(color);
  const { id, topology, node, source, topic, partition, offset, key, time, at, attempts, code, cause, trace_id } =
    letter;
  const facts: [string, string][] = [
    ['cause', `${paint.red(code)} ${cause}`],
    ['given up', `by ${topology}/${node} after ${attempts} ${attempts === 1 ? 'try' : 'tries'}, ${date(at)}`],
    ['record', `${topic} ${partition}@${offset}, ${date(time)}${source ? `, by source ${source}` : ''}`],
    ['key', shownKey(key)],
    ['trace id', trace_id || '-'],
    ['outcome', outcomeText(letter)],
  ];
  const value =
    letter.unreadable === null
      ? `${letter.schema} ${JSON.stringify(letter.value, null, 2)}`
      : `${paint.red(`can't be read: ${letter.unreadable}`)}\nbytes ${letter.bytes}`;
  return [
    paint.bold(`Dead letter ${id}`),
    ...facts.map(([name, text]) => `  ${paint.dim(name.padEnd(9))} ${text}`),
    '',
    value,
  ].join('\n');
}

function outcomeText({ outcome }: ShownLetter): string {
  if (!outcome) return 'none yet';
  return `${outcome.edited ? 'edited and ' : ''}${outcome.outcome}, ${date(outcome.at)}`;
}

function date(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
