import type { TestResult } from '../../runtime/testing/fixture/run.ts';
import { plainFinding } from './report.ts';

/** Results as JUnit XML: a suite for each fixture, as CI systems read it. */
export function junit(results: readonly TestResult[]): string {
  const files = [...new Set(results.map(({ file }) => file))];
  const suites = files.map((file) => {
    const own = results.filter((result) => result.file === file);
    return [`  <testsuite ${attributes({ name: file, ...totals(own) })}>`, ...own.map(testcase), '  </testsuite>'].join(
      '\n',
    );
  });
  const all = attributes({ name: 'millrace test', ...totals(results) });
  return ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites ${all}>`, ...suites, '</testsuites>', ''].join('\n');
}

function testcase({ topology, name, file, line, milliseconds, findings }: TestResult): string {
  const head = attributes({ classname: topology, name, file, line, time: seconds(milliseconds) });
  if (findings.length === 0) return `    <testcase ${head}/>`;
  const text = findings.map((finding) => plainFinding(finding, file)).join('\n');
  const failure = `      <failure ${attributes({ message: findings[0]!.message })}>${escaped(text)}</failure>`;
  return [`    <testcase ${head}>`, failure, '    </testcase>'].join('\n');
}

function totals(results: readonly TestResult[]): { tests: number; failures: number; time: string } {
  return {
    tests: results.length,
    failures: results.filter(({ findings }) => findings.length > 0).length,
    time: seconds(results.reduce((sum, { milliseconds }) => sum + milliseconds, 0)),
  };
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

function attributes(values: { [name: string]: string | number }): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escaped(String(value))}"`)
    .join(' ');
}

function escaped(text: string): string {
  // Control characters have no place in XML 1.0, not even written as references.
  const allowed = text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
  const names: { [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return allowed.replace(/[&<>"]/g, (character) => names[character]!);
}
