import pc from 'picocolors';
import type { Finding } from '../../runtime/testing/fixture/findings.ts';
import type { TestResult } from '../../runtime/testing/fixture/run.ts';

/** A test on one line; one that failed with what is missing (`-`) and what came (`+`), and where that was expected. */
export function renderResult(result: TestResult, color: boolean): string {
  const paint = pc.createColors(color);
  const runs = result.runs > 1 ? paint.dim(` ${result.runs - 1} crashes`) : '';
  const name = `${paint.bold(result.topology)} ${result.name}`;
  if (result.findings.length === 0) return `${paint.green('ok')}   ${name}${runs}`;
  const where = paint.dim(`${result.file}:${result.line}`);
  return [
    `${paint.red('FAIL')} ${name}  ${where}`,
    ...result.findings.flatMap((finding) => lines(finding, result.file, color)),
  ].join('\n');
}

/** How many there were, and how many failed. */
export function renderSummary(results: readonly TestResult[], color: boolean): string {
  const paint = pc.createColors(color);
  const failed = results.filter(({ findings }) => findings.length > 0).length;
  const runs = results.reduce((sum, result) => sum + result.runs, 0);
  const time = results.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const count = `${results.length} ${results.length === 1 ? 'test' : 'tests'}`;
  const verdict = failed === 0 ? paint.green('all pass') : paint.red(`${failed} failed`);
  const crashes = runs - results.length;
  const how = crashes > 0 ? `; ${runs} runs, ${crashes} with a crash` : '';
  return `${count}, ${verdict}${how}, in ${(time / 1000).toFixed(1)} s`;
}

/** What was found, without colours, for reports that other programs read. */
export function plainFinding({ line, message, details }: Finding, file: string): string {
  return [`${message} (${file}:${line})`, ...details.map((detail) => `  ${detail}`)].join('\n');
}

function lines({ line, message, details }: Finding, file: string, color: boolean): string[] {
  const paint = pc.createColors(color);
  const painted = details.map((detail) => {
    if (detail.startsWith('-')) return paint.red(detail);
    return detail.startsWith('+') ? paint.green(detail) : paint.dim(detail);
  });
  return [`     ${message}  ${paint.dim(`${file}:${line}`)}`, ...painted.map((detail) => `       ${detail}`)];
}
