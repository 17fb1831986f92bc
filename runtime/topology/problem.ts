import { distance } from 'fastest-levenshtein';
import pc from 'picocolors';

/** Something wrong in a topology file. Lines and columns count from 1. */
export interface Problem {
  rule: string;
  severity: 'error' | 'warning';
  file: string;
  line: number;
  column: number;
  /** Exclusive, on the same line. */
  end_column: number;
  message: string;
  /** What to write instead, where one thing is likely. */
  suggestion?: string;
}

/** The nearest of the known names, where it is near enough to be meant. */
export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const d = distance(name.toLowerCase(), candidate.toLowerCase());
    if (d < least) [best, least] = [candidate, d];
  }
  return best;
}

/** A problem as a person reads it: place, rule, the line with its span marked, the suggestion. */
export function renderProblem(problem: Problem, source: string, color: boolean): string {
  const colors = pc.createColors(color);
  const paint = problem.severity === 'error' ? colors.red : colors.yellow;
  const text = source.split('\n')[problem.line - 1] ?? '';
  const number = String(problem.line);
  const gutter = ' '.repeat(number.length);
  const width = Math.max(1, problem.end_column - problem.column);
  return [
    `${colors.bold(`${problem.file}:${problem.line}:${problem.column}`)} ${paint(problem.severity)} ${problem.message} ${colors.dim(`[${problem.rule}]`)}`,
    `${colors.dim(`${number} |`)} ${text}`,
    `${colors.dim(`${gutter} |`)} ${' '.repeat(problem.column - 1)}${paint('^'.repeat(width))}`,
    ...(problem.suggestion ? [`${gutter}   ${colors.green(`did you mean "${problem.suggestion}"?`)}`] : []),
  ].join('\n');
}
