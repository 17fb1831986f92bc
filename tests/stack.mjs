// npm run test:stack: brings the real engines up, runs every *.stack.ts against them, then the contract's suites and the faults
// with Millrace on them, and stops what it started.
import { spawn } from 'node:child_process';

const stack = 'ops/native/stack.mjs';
/** The suites of the wire contract, which must hold on any engines, and the faults. */
const suites = ['tests/contract.', 'tests/replay', 'tests/faults'];

function run(args, env = {}, capture = false) {
  return new Promise((resolve) => {
    const stdio = ['ignore', capture ? 'pipe' : 'inherit', 'inherit'];
    const child = spawn(process.execPath, args, { stdio, env: { ...process.env, ...env } });
    let out = '';
    child.stdout?.on('data', (chunk) => (out += chunk));
    child.on('close', (code) => resolve({ code: code ?? 1, out }));
  });
}

const up = await run([stack, 'up'], {}, true);
const engines = Object.fromEntries([...up.out.matchAll(/^([A-Z_]+)=(\S+)$/gm)].map(([, name, value]) => [name, value]));
console.log(up.out.trim());
let failed = up.code;
try {
  if (failed === 0) {
    const parts = process.argv.slice(2);
    failed = (await run(['tests/run.mjs', '--suffix', '.stack.ts', ...parts], { STACK_KEEP: '1' })).code;
    const settings = [
      'MILLRACE_LOG=kafka',
      `MILLRACE_KAFKA_BROKERS=${engines.KAFKA_BROKERS}`,
      `MILLRACE_SCHEMA_REGISTRY=${engines.SCHEMA_REGISTRY_URL}`,
      'MILLRACE_STORE=cassandra',
      `MILLRACE_CASSANDRA_CONTACT_POINTS=${engines.CASSANDRA_CONTACT_POINTS}`,
      'MILLRACE_SEARCH=elasticsearch',
      `MILLRACE_ELASTICSEARCH_URL=${engines.ELASTICSEARCH_URL}`,
      'MILLRACE_PARTITIONS=4',
    ].join(' ');
    if (parts.length === 0)
      failed = (await run(['tests/run.mjs', ...suites], { TEST_ENGINES: settings })).code || failed;
  }
} finally {
  await run([stack, 'down']);
}
process.exitCode = failed === 0 ? 0 : 1;
