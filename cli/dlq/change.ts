import type { Terminal } from '../command.ts';
import { confirm } from '../confirm.ts';
import { callDeadLetters } from './call.ts';
import { chosenOf, type FilterOptions } from './options.ts';

export async function redriveLetters(ids: string[], options: FilterOptions, terminal: Terminal): Promise<void> {
  const answer = await callDeadLetters<{ redriven: number[] }>(terminal, 'POST', '/redrive', chosenOf(ids, options));
  report(answer, answer.redriven, 'sent back', options, terminal);
}

export async function dropLetters(ids: string[], options: FilterOptions, terminal: Terminal): Promise<void> {
  const chosen = chosenOf(ids, options);
  const what = 'ids' in chosen ? `${chosen.ids.length} letters` : 'all letters that fit';
  if (!options.yes) await confirm(terminal, `Drop ${what}? Nothing will come of them.`, 'say --yes');
  const answer = await callDeadLetters<{ dropped: number[] }>(terminal, 'POST', '/drop', chosen);
  report(answer, answer.dropped, 'dropped', options, terminal);
}

export function report(
  answer: object,
  ids: number[],
  done: string,
  { json }: { json?: boolean },
  terminal: Terminal,
): void {
  if (json) terminal.out(JSON.stringify(answer));
  else if (ids.length === 0) terminal.out(`None ${done}: nothing was left to do.`);
  else terminal.out(`${ids.length === 1 ? `Letter ${ids[0]}` : `${ids.length} letters`} ${done}.`);
}
