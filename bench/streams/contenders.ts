import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MeasuredProcess } from '../edge/process.ts';
import { schemasForOthers } from './job.ts';

const run = promisify(execFile);
const here = fileURLToPath(new URL('..', import.meta.url));
const cache = `${tmpdir()}/millrace-bench-cache`;
const builds_ms = 300_000;

export interface Contender {
  name: string;
  process: MeasuredProcess;
}

/** All of them, built and started; none does anything before it is ordered to. Wants Go, and Java 17 with Maven. */
export async function startContenders(brokers: string): Promise<{ all: Contender[]; stop(): Promise<void> }> {
  const [binary, classes] = [await buildBenthos(), await buildStreams()];
  const folder = await mkdtemp(`${tmpdir()}/millrace-bench-`);
  const schemas = `${folder}/schemas.json`;
  await writeFile(schemas, schemasForOthers());
  const env = { BENCH_BROKERS: brokers, BENCH_SCHEMAS: schemas };
  const streams = (guarantee: string): Promise<MeasuredProcess> =>
    MeasuredProcess.start('java', ['-Xms256m', '-Xmx512m', ...quiet, '-cp', classes, 'Main'], {
      ...env,
      BENCH_STATE: `${folder}/${guarantee}`,
      BENCH_GUARANTEE: guarantee,
    });
  const started: { [name: string]: Promise<MeasuredProcess> } = {
    millrace: MeasuredProcess.start(process.execPath, ['--import', 'tsx', `${here}streams/millrace.ts`], env),
    'kafka-streams exactly-once': streams('exactly_once_v2'),
    'kafka-streams at-least-once': streams('at_least_once'),
    benthos: MeasuredProcess.start(binary, [], env),
  };
  const all: Contender[] = [];
  for (const [name, starting] of Object.entries(started)) all.push({ name, process: await starting });
  return {
    all,
    stop: async () => {
      await Promise.all(all.map((one) => one.process.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const quiet = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=error'];

async function buildBenthos(): Promise<string> {
  const binary = `${cache}/benthos`;
  await run('go', ['build', '-o', binary, '.'], { cwd: `${here}competitors/benthos`, timeout: builds_ms });
  return binary;
}

/** Resolves with its class path. */
async function buildStreams(): Promise<string> {
  const folder = `${cache}/kafka-streams`;
  await mkdir(folder, { recursive: true });
  await cp(`${here}competitors/kafka-streams`, folder, { recursive: true });
  await run('mvn', ['-B', '-q', 'dependency:copy-dependencies'], { cwd: folder, timeout: builds_ms });
  const sources = (await readdir(`${folder}/src`)).map((file) => `src/${file}`);
  await run('javac', ['-cp', 'lib/*', '-d', 'classes', ...sources], { cwd: folder, timeout: builds_ms });
  return `${folder}/lib/*:${folder}/classes`;
}
