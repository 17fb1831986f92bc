import pc from 'picocolors';
import { age } from '../../runtime/observing/format.ts';
import { shownKey } from '../../runtime/observing/shown-key.ts';
import type { LetterGroup } from '../../server/dead-letters/filter.ts';
import type { LetterSummary } from '../../server/dead-letters/view.ts';
import type { Terminal } from '../command.ts';
import { callDeadLetters } from './call.ts';
import { type FilterOptions, filterOf } from './options.ts';

const causeWidth = 60;

/** Prints letters, or what went wrong with them. */
export async function listLetters(options: FilterOptions, terminal: Terminal): Promise<void> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filterOf(options))) query.set(name, String(value));
  if (options.all) query.set('resolved', 'true');
  if (options.group) query.set('group', 'true');
  type Answer = { letters: LetterSummary[]; total: number } | { groups: LetterGroup[] };
  const answer = await callDeadLetters<Answer>(terminal, 'GET', `?${query}`);
  const items = 'groups' in answer ? answer.groups : answer.letters;
  if (options.json) {
    for (const item of items) terminal.out(JSON.stringify(item));
    return;
  }
  if (items.length === 0) terminal.err('No dead letters, as far as asked for.');
  else if ('groups' in answer) terminal.out(groupLines(answer.groups, terminal.color).join('\n'));
  else {
    terminal.out(letterLines(answer.letters, terminal.color).join('\n'));
    const { letters, total } = answer;
    if (total > letters.length)
      terminal.err(`The newest ${letters.length} of ${total}; filters or --group show the rest.`);
    terminal.err('`millrace dlq show ID` shows one, `millrace dlq redrive ID` sends it back.');
  }
}

function letterLines(letters: LetterSummary[], color: boolean): string[] {
  const paint = pc.createColors(color);
  const places = letters.map(({ topology, node }) => `${topology}/${node}`);
  const keys = letters.map(({ key }) => shownKey(key));
  const [placeWidth, keyWidth] = [widest('NODE', places), widest('KEY', keys)];
  const head = `${'ID'.padStart(6)}  ${'AGE'.padStart(5)}  ${'NODE'.padEnd(placeWidth)}  ${'KEY'.padEnd(keyWidth)}  CAUSE`;
  return [
    paint.dim(head),
    ...letters.map(({ id, at, cause, code, outcome }, i) => {
      const done = outcome ? paint.green(` ${outcome.edited ? 'edited, ' : ''}${outcome.outcome}`) : '';
      return `${String(id).padStart(6)}  ${ago(at).padStart(5)}  ${places[i]!.padEnd(placeWidth)}  ${keys[i]!.padEnd(keyWidth)}  ${paint.red(code)} ${oneLine(cause)}${done}`;
    }),
  ];
}

function groupLines(groups: LetterGroup[], color: boolean): string[] {
  const paint = pc.createColors(color);
  const places = groups.map(({ topology, node }) => `${topology}/${node}`);
  const width = widest('NODE', places);
  return [
    paint.dim(`${'COUNT'.padStart(7)}  ${'KEYS'.padStart(6)}  ${'LAST'.padStart(5)}  ${'NODE'.padEnd(width)}  CAUSE`),
    ...groups.map(
      ({ count, keys, last, code, cause }, i) =>
        `${String(count).padStart(7)}  ${String(keys).padStart(6)}  ${ago(last).padStart(5)}  ${places[i]!.padEnd(width)}  ${paint.red(code)} ${oneLine(cause)}`,
    ),
  ];
}

function widest(title: string, texts: string[]): number {
  return Math.max(title.length, ...texts.map(({ length }) => length));
}

function ago(at: number): string {
  return age(Math.max(0, (Date.now() - at) / 1000));
}

function oneLine(cause: string): string {
  const line = cause.split('\n', 1)[0]!;
  return line.length > causeWidth ? `${line.slice(0, causeWidth - 1)}…` : line;
}
