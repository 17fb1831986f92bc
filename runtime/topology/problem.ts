import { distance } from 'fastest-levenshtein';
import pc from 'picocolors';
import type { RuleName } from './rules/catalogue.ts';

/** Something wrong in a topology file. Lines and columns count from 1. */
export interface Problem {
  rule: RuleName;
  severity: 'error' | 'warning';
  file: string;
  line: number;
  column: number;
  end_line: number;
  /** Exclusive. */
  end_column: number;
  message: string;
  /** What to write instead, where one thing is likely. */
  suggestion?: string;
}

/** Where a rule is explained. */
function pageOf(rule: RuleName): string {
  return `docs/lint-rules.md#${rule}`;
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

/** A problem as a person reads it: place, rule, the lines around it with its span marked, the suggestion. */
export function renderProblem(problem: Problem, source: string, color: boolean): string {
  const colors = pc.createColors(color);
  const paint = problem.severity === 'error' ? colors.red : colors.yellow;
  const lines = source.split('\n');
  const text = lines[problem.line - 1] ?? '';
  const before = lines[problem.line - 2];
  const gutter = String(problem.line).length;
  const numbered = (number: number, line: string): string =>
    `${colors.dim(`${String(number).padStart(gutter)} |`)} ${line}`;
  const end = problem.end_line === problem.line ? problem.end_column : text.length + 1;
  const width = Math.max(1, end - problem.column);
  return [
    `${colors.bold(`${problem.file}:${problem.line}:${problem.column}`)} ${paint(problem.severity)} ${problem.message} ${colors.dim(`[${problem.rule}]`)}`,
    ...(before?.trim() ? [numbered(problem.line - 1, before)] : []),
    numbered(problem.line, text),
    `${colors.dim(`${' '.repeat(gutter)} |`)} ${' '.repeat(problem.column - 1)}${paint('^'.repeat(width))}`,
    ...(problem.suggestion ? [`${' '.repeat(gutter)}   ${colors.green(`did you mean "${problem.suggestion}"?`)}`] : []),
    `${' '.repeat(gutter)}   ${colors.dim(pageOf(problem.rule))}`,
  ].join('\n');
}
