import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Type } from '@sinclair/typebox';
import pino from 'pino';
import { Registry } from 'prom-client';
import type { LogRecord } from '../platform/log/port.ts';
import type { SearchIndex } from '../platform/search/port.ts';
import { systemClock } from '../runtime/clock.ts';
import { ControlLog } from '../runtime/deployment/control-log.ts';
import { Deployer } from '../runtime/deployment/deployer.ts';
import { Deployments } from '../runtime/deployment/deployments.ts';
import { RuntimeMetrics } from '../runtime/observing/runtime-metrics.ts';
import { defineProcessor, type Processor } from '../runtime/processor.ts';
import { Runner } from '../runtime/runner.ts';
import type { TopologyText } from '../runtime/topology/load.ts';
import type { Cut, ReadCommand, ReadMarker } from '../schemas/generated/types.ts';
import { DyingEngine } from './support/dying-engine.ts';
import { codec } from './support/pipeline.ts';

const topics = `
topics:
  numbers: { description: in, partitions: 1, schemas: [ReadCommand], retention: 1d }
  sums: { description: out, partitions: 1, schemas: [ReadMarker], retention: 1d }
  changes: { description: state, partitions: 1, schemas: [StateChange], compact: true }
  redrives: { description: back, partitions: 1, schemas: [Redrive], retention: 1d }
  dead_letters: { description: given up, partitions: 1, schemas: [DeadLetter], retention: 1d }
`;

interface Options {
  times: number;
  refuses?: number;
}

/** The file of a topology that adds up numbers, each times a factor: a state that only its changelog, or a replay, gives. */
function files(version: number, { times, refuses }: Options, more = ''): TopologyText[] {
  const options = refuses === undefined ? `times: ${times}` : `times: ${times}, refuses: ${refuses}`;
  const text = `
topology: adding
version: ${version}
nodes:
  numbers: { source: { topic: numbers, schema: ReadCommand }, batch: { size: 3 }, in-flight: 2 }
  sum: { processor: sum, from: numbers, with: { ${options} }, state: { changelog: changes } }
  out: { sink: { topic: sums, schema: ReadMarker }, from: sum }
${more}`;
  return [
    { file: 'topics.yaml', text: topics },
    { file: 'adding.yaml', text },
  ];
}

const sum = defineProcessor({
  doc: 'Sums, each number times a factor.',
  inputs: ['ReadCommand'],
  outputs: { sums: 'ReadMarker' },
  options: Type.Object(
    { times: Type.Integer(), refuses: Type.Optional(Type.Integer()) },
    { additionalProperties: false },
  ),
  tables: { sums: { doc: 'The sum of each key.' } },
  create: (options) => (state, input) => {
    const { times, refuses } = options as Options;
    const value = (input.value as ReadCommand).marker.last_read_seq;
    if (value === refuses) throw new Error(`${value} is refused`);
    const total = ((state.get('sums', input.key) as number | undefined) ?? 0) + value * times;
    state.set('sums', input.key, total);
    const marker = { epoch: value, last_read_seq: total, last_read_rev: times, since_rev: 0 };
    return [{ to: 'sums', schema: 'ReadMarker', key: input.key, value: marker }];
  },
});

const code = (step: typeof sum) => new Map([['sum', step as unknown as Processor]]);

/** A process over the engine, up to its death or `stop`. */
async function startProcess(
  engine: DyingEngine,
  first: TopologyText[],
  at = Number.POSITIVE_INFINITY,
  when: 'before' | 'after' = 'before',
  /** Code in which the version that ran is not to be had any more. */
  newCode?: typeof sum,
) {
  const processors = code(newCode ?? sum);
  const { log, units, died, writes } = engine.life(at, when);
  const ports = { log, units, state: engine.engine.state, search: {} as SearchIndex, clock: systemClock, codec };
  const deployments = new Deployments(processors);
  const control = new ControlLog(log, deployments, () => undefined);
  const options = { partitions: 1, gateways: [] };
  const silent = pino({ level: 'silent' });
  const runner = new Runner(deployments, ports, options, new RuntimeMetrics(new Registry()), silent);
  const deployer = new Deployer(
    { log, deployments, control, runner, loadProcessors: async () => processors, clock: { now: () => 0 } },
    options,
  );
  await control.start();
  try {
    if (!deployments.current || newCode) await deployer.deploy(first, { by: 'operator' });
    await runner.start();
  } catch (error) {
    if (!died()) throw error;
  }
  const stop = async (): Promise<void> => {
    await runner.stop(1000);
    await control.stop();
  };
  return { deployer, deployments, runner, died, writes, stop };
}

type Process = Awaited<ReturnType<typeof startProcess>>;

async function put(engine: DyingEngine, from: number, to: number): Promise<void> {
  for (let seq = from; seq <= to; seq++) {
    const marker = { epoch: 0, last_read_seq: seq, last_read_rev: 0, since_rev: 0 };
    const value: ReadCommand = {
      workspace_id: 'w',
      user_id: 'u',
      channel_id: 'c',
      marker,
      reply_to: null,
      region: null,
    };
    await engine.engine.log.append([{ topic: 'numbers', key: 'k', schema: 'ReadCommand', value }]);
  }
}

async function read(engine: DyingEngine, topic: string): Promise<LogRecord[]> {
  const { end } = await engine.engine.log.bounds(topic, 0);
  return end === 0 ? [] : engine.engine.log.reader(topic, 0, 0).next(end);
}

async function outputs(engine: DyingEngine): Promise<{ number: number; total: number; times: number }[]> {
  return (await read(engine, 'sums')).map((record) => {
    const { epoch, last_read_seq, last_read_rev } = record.decoded().value as ReadMarker;
    return { number: epoch, total: last_read_seq, times: last_read_rev };
  });
}

/** What an uninterrupted run gives: each version up to its cut, with the state that it would have had from the start. */
async function expected(engine: DyingEngine, factors: { [deployment: number]: number }) {
  let times = factors[1]!;
  const totals = new Map<number, number>();
  const seen = new Set<number>();
  const out: { number: number; total: number; times: number }[] = [];
  for (const record of await read(engine, 'numbers')) {
    const { schema, value } = record.decoded();
    if (schema === 'Cut') {
      const { deployment } = value as Cut;
      // One that was interrupted left a cut, and the next life another: the first one counts.
      if (!seen.has(deployment)) times = factors[deployment] ?? times;
      seen.add(deployment);
      continue;
    }
    const number = (value as ReadCommand).marker.last_read_seq;
    for (const factor of new Set(Object.values(factors)))
      totals.set(factor, (totals.get(factor) ?? 0) + number * factor);
    out.push({ number, total: totals.get(times)!, times });
  }
  return out;
}

/** Lets processes live and die until one has taken every number with deployment `last`. */
async function untilDone(
  engine: DyingEngine,
  process: Process,
  last: number,
  again: () => Promise<Process>,
): Promise<number> {
  let alive = process;
  let lives = 1;
  for (let tries = 0; tries < 2000; tries++) {
    if (alive.died()) {
      await alive.stop();
      alive = await again();
      lives++;
    }
    const [partition] = alive.runner.partitions();
    const { end } = await engine.engine.log.bounds('numbers', 0);
    const at = partition?.task?.positions.get('numbers') ?? 0;
    if (partition?.deployment === last && partition.state === 'running' && at === end && !alive.died()) {
      await alive.stop();
      return lives;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await alive.stop();
  throw new Error(`deployment ${last} does not get done: ${JSON.stringify(await alive.runner.status())}`);
}

const v1 = files(1, { times: 1 });
const v2 = files(2, { times: 10 });

describe('a new version of a topology', () => {
  it('goes on where the old one ended, however many were deployed while nothing ran', async () => {
    const engine = new DyingEngine(() => 0);
    const process = await startProcess(engine, v1);
    await put(engine, 1, 20);
    await untilDone(engine, process, 1, () => startProcess(engine, v1));
    const operator = await startProcess(engine, v1);
    await operator.runner.stop(1000);
    for (let n = 2; n <= 60; n++) await operator.deployer.deploy(files(n, { times: n }), { by: 'operator' });
    await operator.stop();
    await put(engine, 21, 40);
    await untilDone(engine, await startProcess(engine, v1), 60, () => startProcess(engine, v1));
    const sumTo = (n: number) => (n * (n + 1)) / 2;
    const expectedOutputs = Array.from({ length: 40 }, (_, i) => {
      const times = i < 20 ? 1 : 60;
      return { number: i + 1, total: times * sumTo(i + 1), times };
    });
    assert.deepEqual(await outputs(engine), expectedOutputs);
  });

  it('with other states is made beside the old one, and takes over without a lost, doubled or reordered event', async () => {
    const engine = new DyingEngine(() => 0);
    const process = await startProcess(engine, v1);
    await put(engine, 1, 20);
    const { plan } = await process.deployer.deploy(v2, { by: 'operator' });
    assert.equal(plan.topologies[0]!.take_over, 'beside the old one, then at a cut');
    assert.deepEqual(plan.topologies[0]!.states, [{ node: 'sum', how: 'made by replay', from: 'changes' }]);
    await put(engine, 21, 40);
    await untilRunning(process, 2);
    await put(engine, 41, 50);
    await untilDone(engine, process, 2, () => startProcess(engine, v1));
    const found = await outputs(engine);
    assert.deepEqual(found, await expected(engine, { 1: 1, 2: 10 }));
    assert.deepEqual(new Set(found.map(({ times }) => times)), new Set([1, 10]));
  });

  it('takes over the same whatever write a process dies before or after', async () => {
    let interrupted = 0;
    for (const when of ['before', 'after'] as const) {
      // Write 0 is the first deployment's record: without it there is nothing to go on with.
      for (let at = 1; ; at++) {
        const engine = new DyingEngine(() => 0);
        const process = await startProcess(engine, v1, at, when);
        await put(engine, 1, 9);
        await process.deployer.deploy(v2, { by: 'operator' }).catch(() => undefined);
        await put(engine, 10, 15);
        const again = async (): Promise<Process> => {
          const next = await startProcess(engine, v1);
          // The operator runs the deploy again: it does what is left to do, or nothing.
          await next.deployer.deploy(v2, { by: 'operator' });
          return next;
        };
        // More comes once the new version runs, or the process is dead: so that it also dies after the take-over.
        await until(() => process.died() || process.runner.deploymentOf('adding') === 2);
        await put(engine, 16, 21);
        const lives = await untilDone(engine, process, 2, again);
        assert.deepEqual(await outputs(engine), await expected(engine, { 1: 1, 2: 10 }), `died ${when} write ${at}`);
        if (lives === 1) break;
        interrupted++;
      }
    }
    assert.ok(interrupted > 20, `${interrupted} places`);
  });

  it('goes back to the version before, which takes its own states up again', async () => {
    const engine = new DyingEngine(() => 0);
    const process = await startProcess(engine, v1);
    await put(engine, 1, 10);
    await process.deployer.deploy(v2, { by: 'operator' });
    await put(engine, 11, 20);
    await untilRunning(process, 2);
    await put(engine, 21, 25);
    const { plan, number } = await process.deployer.rollback(undefined);
    assert.equal(number, 3);
    assert.equal(plan.topologies[0]!.take_over, 'beside the old one, then at a cut');
    await put(engine, 26, 30);
    await untilDone(engine, process, 3, () => startProcess(engine, v1));
    assert.equal(process.deployments.current?.topologies[0]?.generation, 1);
    assert.deepEqual(await outputs(engine), await expected(engine, { 1: 1, 2: 10, 3: 1 }));
  });

  it('that can not get past a record is left by a rollback all the same', async () => {
    const engine = new DyingEngine(() => 0);
    const process = await startProcess(engine, v1);
    await put(engine, 1, 5);
    await process.deployer.deploy(files(2, { times: 10, refuses: 7 }), { by: 'operator' });
    await untilRunning(process, 2);
    await put(engine, 6, 12);
    const [partition] = process.runner.partitions();
    await until(() => partition!.task?.stuckOn === 'sum');
    await process.deployer.rollback(undefined);
    await untilDone(engine, process, 3, () => startProcess(engine, v1));
    const found = await outputs(engine);
    assert.deepEqual(
      found.map(({ number }) => number),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    );
    assert.deepEqual(found.at(-1), { number: 12, total: 78, times: 1 });
    assert.deepEqual(found[5], { number: 6, total: 210, times: 10 });
  });

  it('that never gets its states made can be called off: the old one has run on all the time', async () => {
    const engine = new DyingEngine(() => 0);
    const process = await startProcess(engine, v1);
    await put(engine, 1, 5);
    await process.deployer.deploy(files(2, { times: 10, refuses: 3 }), { by: 'operator' });
    await put(engine, 6, 10);
    await until(async () => (await outputs(engine)).length === 10);
    await process.deployer.deploy(v1, { by: 'operator' });
    await put(engine, 11, 12);
    await untilDone(engine, process, 3, () => startProcess(engine, v1));
    assert.deepEqual(
      (await outputs(engine)).map(({ total }) => total),
      [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 66, 78],
    );
  });

  it('of which only the code is left begins with other states, though nothing more comes', async () => {
    const engine = new DyingEngine(() => 0);
    // Nothing ever came by its second source.
    const [listed, adding] = v1;
    const two = [
      {
        ...listed!,
        text: listed!.text.replace(
          '  sums:',
          '  others: { description: in, partitions: 1, schemas: [ReadCommand], retention: 1d }\n  sums:',
        ),
      },
      {
        ...adding!,
        text:
          adding!.text.replace('from: numbers', 'from: [numbers, others]') +
          '  others: { source: { topic: others, schema: ReadCommand } }\n',
      },
    ];
    const before = await startProcess(engine, two);
    await put(engine, 1, 5);
    await until(async () => (await outputs(engine)).length === 5);
    await until(() => before.runner.partitions()[0]?.task?.positions.get('numbers') === 5);
    await before.stop();
    const after = await startProcess(engine, two, undefined, undefined, { ...sum, stateVersion: 2 });
    await until(() => after.runner.deploymentOf('adding') === 2);
    await put(engine, 6, 7);
    await until(async () => (await outputs(engine)).length === 7);
    await after.stop();
    assert.deepEqual(
      (await outputs(engine)).map(({ total }) => total),
      [1, 3, 6, 10, 15, 21, 28],
    );
  });

  it('with the same states goes on with them as they stand', async () => {
    const engine = new DyingEngine(() => 0);
    const process = await startProcess(engine, v1);
    await put(engine, 1, 10);
    const wider = v1.map(({ file, text }) => ({
      file,
      text: text.replace('version: 1', 'version: 2').replace('size: 3', 'size: 5'),
    }));
    const { plan } = await process.deployer.deploy(wider, { by: 'operator' });
    assert.deepEqual(plan.topologies[0]!.states, [{ node: 'sum', how: 'kept', from: 'changes' }]);
    await put(engine, 11, 20);
    await untilDone(engine, process, 2, () => startProcess(engine, v1));
    assert.deepEqual(await outputs(engine), await expected(engine, { 1: 1 }));
  });
});

async function untilRunning(process: Process, deployment: number): Promise<void> {
  await until(() => process.runner.deploymentOf('adding') === deployment && process.runner.healthy());
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('does not come about');
}
