import { existsSync, writeFileSync } from 'node:fs';
import { defaultTopologies } from '../../config/folders.ts';
import { catalogue } from '../../platform/errors/catalogue.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import type { TestResult } from '../../runtime/testing/fixture/run.ts';
import { type AddCommand, withHelp } from '../command.ts';

interface Options {
  filter?: string;
  json?: boolean;
  junit?: string;
  watch?: boolean;
}

export const addTest: AddCommand = (program, terminal, done) => {
  const command = program
    .command('test')
    .description(
      'Runs the tests beside topologies (*.test.yaml) in memory: virtual time, failures, crashes. Dials no server.',
    )
    .argument('[folder-or-file...]', 'topology folders or test files (default: those that come with Millrace)')
    .option('--filter <text>', 'only tests whose topology and name hold this')
    .option('--json', 'print the results as JSON')
    .option('--junit <file>', 'write the results as JUnit XML, too')
    .option('--watch', 'run again whenever topologies, tests, processors or schemas change')
    .action(async (named: string[], options: Options) => {
      const paths = named.length > 0 ? named : [terminal.env['MILLRACE_TOPOLOGIES'] ?? defaultTopologies];
      const missing = paths.find((path) => !existsSync(path));
      if (missing !== undefined) throw new MillraceError('not_found', `there is no ${missing}`);
      if (options.watch) {
        const { watchAndRun } = await import('../test/watch.ts');
        const own = terminal.env['MILLRACE_PROCESSORS'];
        await watchAndRun(argumentsOf(paths, options), own === undefined ? paths : [...paths, own], terminal);
      }
      const [{ loadProcessors }, { loadSuite, runSuite }, { renderProblem }, { renderResult, renderSummary }] =
        await Promise.all([
          import('../../runtime/registry.ts'),
          import('../../runtime/testing/fixture/suite.ts'),
          import('../../runtime/topology/problem.ts'),
          import('../test/report.ts'),
        ]);
      const suite = loadSuite(paths, await loadProcessors(terminal.env['MILLRACE_PROCESSORS']));
      if (suite.problems.length > 0) {
        if (options.json) terminal.out(JSON.stringify({ problems: suite.problems }, null, 2));
        else
          for (const problem of suite.problems)
            terminal.out(`${renderProblem(problem, suite.sources.get(problem.file) ?? '', terminal.color)}\n`);
        terminal.err('nothing was run: the format is explained in docs/testing.md');
        return done(catalogue.topology_invalid.exit);
      }
      const results: TestResult[] = [];
      for await (const result of runSuite(suite, options.filter)) {
        results.push(result);
        if (!options.json) terminal.out(renderResult(result, terminal.color));
      }
      if (results.length === 0) throw new MillraceError('not_found', nothingToRun(paths, options));
      if (options.json) terminal.out(JSON.stringify({ results }, null, 2));
      else terminal.out(`\n${renderSummary(results, terminal.color)}`);
      if (options.junit) {
        const { junit } = await import('../test/junit.ts');
        writeFileSync(options.junit, junit(results));
      }
      done(results.some(({ findings }) => findings.length > 0) ? catalogue.tests_failed.exit : 0);
    });
  withHelp(command, {
    examples: [
      ['millrace test', 'the topologies that come with Millrace', 'nothing'],
      ['millrace test ./topologies --filter gateway', 'some tests of a folder of one’s own', 'nothing'],
      ['millrace test topologies/index.test.yaml --junit results.xml', 'one file, for CI', 'nothing'],
      ['millrace test --watch', 'again with each change', 'parsed'],
    ],
    exits: ['tests_failed', 'topology_invalid', 'not_found'],
  });
};

/** The command line of one round of `--watch`. */
function argumentsOf(paths: string[], { filter, json, junit }: Options): string[] {
  return [
    'test',
    ...(filter === undefined ? [] : ['--filter', filter]),
    ...(json ? ['--json'] : []),
    ...(junit === undefined ? [] : ['--junit', junit]),
    '--',
    ...paths,
  ];
}

function nothingToRun(paths: string[], { filter }: Options): string {
  const where = paths.join(', ');
  return filter === undefined
    ? `there are no tests (*.test.yaml) in ${where}`
    : `no test of ${where} holds "${filter}" in its topology and name`;
}
