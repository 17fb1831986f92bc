#!/usr/bin/env node
// The real engines, natively and all together: node ops/native/stack.mjs up|down|status [ENGINE…]
// `up` is idempotent, prints what a client needs (NAME=value lines) and ends with 1 where an engine did not come up.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const [what, ...named] = process.argv.slice(2);
const known = readdirSync(here).filter((name) => existsSync(`${here}${name}/up.sh`));
const engines = named.length > 0 ? named : known;
const unknown = engines.find((name) => !known.includes(name));
if (!['up', 'down', 'status'].includes(what) || unknown) {
  console.error(`usage: stack.mjs up|down|status [${known.join('|')}…]`);
  process.exit(2);
}

/** Runs a script; its stdout, or undefined where it failed (its words go to stderr). */
function run(engine, script) {
  return new Promise((resolve) => {
    const child = spawn(`${here}${engine}/${script}`, [], { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.on('close', (code) => {
      if (code !== 0) console.error(`${engine}: ${script} ended with ${code}\n${err}`);
      resolve(code === 0 ? out : undefined);
    });
  });
}

/** Whether something listens at the ports that a script's output names. */
async function listens(output) {
  const places = [...output.matchAll(/([\w.-]+):(\d{4,5})/g)];
  const answers = places.map(
    ([, host, port]) =>
      new Promise((resolve) => {
        const socket = connect({ host, port: Number(port), timeout: 1000 });
        for (const [event, answer] of [
          ['connect', true],
          ['error', false],
          ['timeout', false],
        ])
          socket.once(event, () => {
            socket.destroy();
            resolve(answer);
          });
      }),
  );
  return places.length > 0 && (await Promise.all(answers)).every(Boolean);
}

if (what === 'status') {
  // Where each engine listens unless its port was set otherwise.
  const ports = {
    kafka: '127.0.0.1:19092',
    postgres: '127.0.0.1:15432',
    redis: '127.0.0.1:16379',
    cassandra: '127.0.0.1:19042',
    elasticsearch: '127.0.0.1:19200',
  };
  for (const engine of engines)
    console.log(`${engine.padEnd(14)} ${(await listens(ports[engine] ?? '')) ? 'up' : 'down'}`);
} else {
  const outputs = await Promise.all(engines.map((engine) => run(engine, `${what}.sh`)));
  for (const output of outputs)
    for (const line of (output ?? '').split('\n')) {
      const [pair] = /[A-Z_]+=\S+$/.exec(line) ?? [];
      if (pair) console.log(pair);
    }
  if (outputs.includes(undefined)) process.exitCode = 1;
}
