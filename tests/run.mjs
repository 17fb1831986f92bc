// Runs node's test runner over every *.test.ts of the checkout (Node 20's own discovery knows no TypeScript).
//   node tests/run.mjs [--suffix .stack.ts] [PART OF A PATH…]
// TEST_REPORTER: another way to tell than `spec`; TEST_FAILURES: a file that takes what failed, and why.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { suffix: { type: 'string', default: '.test.ts' } },
  allowPositionals: true,
});
const skipped = /(^|\/)(node_modules|\.git|\.millrace|dist)\//;
const files = readdirSync('.', { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith(values.suffix) && !skipped.test(path))
  .filter((path) => positionals.length === 0 || positionals.some((part) => path.includes(part)))
  .sort();
if (files.length === 0) {
  console.error(
    `No test file ends with ${values.suffix}${positionals.length ? ` and holds ${positionals.join(' or ')}` : ''}.`,
  );
  process.exit(1);
}
// Files that stop and start one engine must not do so under each other.
const concurrency = values.suffix === '.test.ts' ? 2 : 1;
const reporters = [[process.env.TEST_REPORTER ?? 'spec', 'stdout']];
if (process.env.TEST_FAILURES) reporters.push(['./tests/support/failures-reporter.mjs', process.env.TEST_FAILURES]);
// A file that hangs, in a hook or before its first test, is named and failed; else nobody would hear of it before the build's
// own end. The longest takes some four minutes on a busy machine, those of the faults up to an hour.
const timeout_ms = (values.suffix === '.faults.ts' ? 120 : 15) * 60_000;
// What a test has left open, such as a connection, must not keep its file from ending. Node knows the flag since 20.14.
const [major, minor] = process.versions.node.split('.').map(Number);
const ends = major > 20 || minor >= 14 ? ['--test-force-exit'] : [];
const child = spawn(
  process.execPath,
  [
    ...['--import', 'tsx', '--test', `--test-concurrency=${concurrency}`],
    ...reporters.flatMap(([name, to]) => [`--test-reporter=${name}`, `--test-reporter-destination=${to}`]),
    ...[`--test-timeout=${timeout_ms}`, ...ends, ...files],
  ],
  { stdio: 'inherit', env: { ...process.env, MILLRACE_LOG_LEVEL: process.env.MILLRACE_LOG_LEVEL ?? 'silent' } },
);
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
