// npm run test:stack: brings the real engines up, runs every *.stack.ts against them, then the contract's suites and the faults
// with Millrace on them, and stops what it started.
//   node tests/stack.mjs --all                           and the page, the scripted day and the longer models, too
//   node tests/stack.mjs [PART OF A PATH…]               some *.stack.ts
//   node tests/stack.mjs --ordinary PART OF A PATH…      some *.test.ts, with Millrace on the engines
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const stack = 'ops/native/stack.mjs';
/** The suites of the wire contract, which must hold on any engines, the faults, and what people bring and take along. */
const suites = [
  'tests/contract.',
  'tests/replay',
  'tests/faults',
  'tests/seeded',
  'tests/client.',
  'tests/import.',
  'tests/push.',
  'tests/archive',
  'tests/data-life',
  'tests/export',
  'tests/slack-api',
  'tests/slack-bolt',
  'tests/slack-history',
  'tests/slack-socket',
];
/** With --all: what else people do, which takes longer than a build may. */
const others = ['tests/unread-model', 'tests/slack-imported', 'tests/day', 'tests/browser'];
const {
  values: { ordinary, all },
  positionals: parts,
} = parseArgs({ options: { ordinary: { type: 'boolean' }, all: { type: 'boolean' } }, allowPositionals: true });

function run(args, env = {}, capture = false) {
  return new Promise((resolve) => {
    const stdio = ['ignore', capture ? 'pipe' : 'inherit', 'inherit'];
    const child = spawn(process.execPath, args, { stdio, env: { ...process.env, ...env } });
    let out = '';
    child.stdout?.on('data', (chunk) => (out += chunk));
    child.on('close', (code) => resolve({ code: code ?? 1, out }));
  });
}

/** What failed in each of the two runs: told once more at the end, for builds that keep only the end of what they print. */
const folder = mkdtempSync(join(tmpdir(), 'millrace-stack-'));
const failures = ['engines', 'millrace'].map((name) => join(folder, name));

const up = await run([stack, 'up'], {}, true);
const engines = Object.fromEntries([...up.out.matchAll(/^([A-Z_]+)=(\S+)$/gm)].map(([, name, value]) => [name, value]));
console.log(up.out.trim());
let failed = up.code;
try {
  if (failed === 0) {
    if (!ordinary)
      failed = (
        await run(['tests/run.mjs', '--suffix', '.stack.ts', ...parts], { STACK_KEEP: '1', TEST_FAILURES: failures[0] })
      ).code;
    const settings = [
      'MILLRACE_LOG=kafka',
      `MILLRACE_KAFKA_BROKERS=${engines.KAFKA_BROKERS}`,
      `MILLRACE_SCHEMA_REGISTRY=${engines.SCHEMA_REGISTRY_URL}`,
      'MILLRACE_STORE=cassandra',
      `MILLRACE_CASSANDRA_CONTACT_POINTS=${engines.CASSANDRA_CONTACT_POINTS}`,
      'MILLRACE_SEARCH=elasticsearch',
      `MILLRACE_ELASTICSEARCH_URL=${engines.ELASTICSEARCH_URL}`,
      'MILLRACE_DIRECTORY=postgres',
      `MILLRACE_POSTGRES_URL=${engines.PG_URL}`,
      'MILLRACE_PRESENCE=redis',
      `MILLRACE_REDIS_URL=${engines.REDIS_URL}`,
      'MILLRACE_PARTITIONS=4',
    ].join(' ');
    if (ordinary || parts.length === 0)
      failed =
        (
          await run(['tests/run.mjs', ...(ordinary ? parts : all ? [...suites, ...others] : suites)], {
            TEST_ENGINES: settings,
            TEST_FAILURES: failures[1],
          })
        ).code || failed;
  }
} finally {
  await run([stack, 'down']);
  for (const file of failures) if (existsSync(file)) process.stdout.write(readFileSync(file, 'utf8'));
  rmSync(folder, { recursive: true });
}
process.exitCode = failed === 0 ? 0 : 1;
