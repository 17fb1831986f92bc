import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Type } from '@sinclair/typebox';
import pino from 'pino';
import { Registry } from 'prom-client';
import { MillraceError } from '../platform/errors/error.ts';
import type { LogRecord } from '../platform/log/port.ts';
import type { SearchDocument, SearchIndex } from '../platform/search/port.ts';
import type { Units } from '../platform/units/port.ts';
import { systemClock } from '../runtime/clock.ts';
import { RuntimeMetrics } from '../runtime/observing/runtime-metrics.ts';
import { defineProcessor, type Processor } from '../runtime/processor.ts';
import { unobserved } from '../runtime/task/observer.ts';
import { Task } from '../runtime/task/task.ts';
import { Crash, TornEngine } from '../runtime/testing/torn-engine.ts';
import { defaultErrors, type ErrorPolicy } from '../runtime/topology/format/index.ts';
import type { PlanNode, ProcessorPlan, TopologyPlan } from '../runtime/topology/plan.ts';
import type { DeadLetter, ReadCommand, ReadMarker } from '../schemas/generated/types.ts';
import { eventually } from './support/eventually.ts';
import { codec } from './support/pipeline.ts';

const topics = ['numbers', 'sums', 'sums_changelog', 'dead_letters'].map((name) => ({
  name,
  partitions: 1,
  retention_ms: null,
  compact: false,
  volatile: false,
}));

/** Adds up the numbers of each key: a state that is no fold of what the node puts out, so it needs a changelog. */
const sum = defineProcessor({
  doc: 'Sums by key.',
  inputs: ['ReadCommand'],
  outputs: { sums: 'ReadMarker' },
  options: Type.Object({ refuses: Type.Optional(Type.Integer()) }),
  tables: { sums: { doc: 'The sum of each key.' } },
  create: (options) => (state, input) => {
    const value = (input.value as ReadCommand).marker.last_read_seq;
    if (value === (options as { refuses?: number }).refuses) throw new Error(`${value} is refused`);
    const total = ((state.get('sums', input.key) as number | undefined) ?? 0) + value;
    state.set('sums', input.key, total);
    return [
      {
        to: 'sums',
        schema: 'ReadMarker',
        key: input.key,
        value: { epoch: 0, last_read_seq: total, last_read_rev: 0, since_rev: 0 },
      },
    ];
  },
});

function plan(errors: ErrorPolicy = defaultErrors, options: object = {}, extra: PlanNode[] = []): TopologyPlan {
  const source = {
    kind: 'source' as const,
    id: 'numbers',
    topic: 'numbers',
    schema: 'ReadCommand' as const,
    broadcast: false,
    batch: { size: 3, within_ms: 0 },
    in_flight: 2,
  };
  const step: ProcessorPlan = {
    kind: 'processor',
    id: 'sum',
    name: 'sum',
    processor: sum as unknown as Processor,
    from: [{ node: 'numbers', output: undefined }],
    options,
    joins: [],
    state: { changelog: 'sums_changelog' },
    errors,
  };
  const sink: PlanNode = {
    kind: 'sink',
    id: 'out',
    from: [{ node: 'sum', output: 'sums' }],
    parallel: 1,
    errors,
    target: { kind: 'topic', topic: 'sums', schema: 'ReadMarker', key: undefined, family: false },
  };
  return {
    name: 'test',
    version: 1,
    description: '',
    file: 'test.yaml',
    errors,
    nodes: [source, step, sink, ...extra],
  };
}

async function openEngine(lives: number[] = []): Promise<TornEngine> {
  const engine = new TornEngine(codec, () => Date.UTC(2026, 0, 1), lives);
  await engine.log.declare(topics);
  return engine;
}

async function put(engine: TornEngine, numbers: number[]): Promise<void> {
  const value = (seq: number): ReadCommand => ({
    workspace_id: 'w',
    user_id: 'u',
    channel_id: 'c',
    marker: { epoch: 0, last_read_seq: seq, last_read_rev: 0, since_rev: 0 },
    reply_to: null,
    region: null,
  });
  await engine.log.append(
    numbers.map((seq) => ({ topic: 'numbers', key: 'k', schema: 'ReadCommand' as const, value: value(seq) })),
  );
}

/** Runs the plan, life after life, until `count` numbers are taken. */
async function take(
  engine: TornEngine,
  topology: TopologyPlan,
  count: number,
  search = {} as SearchIndex,
): Promise<void> {
  for (;;) {
    const stop = new AbortController();
    const observer = new RuntimeMetrics(new Registry()).observer('test', pino({ level: 'silent' }));
    const task = new Task(
      { plan: topology, partition: 0 },
      { log: engine.log, state: engine.state, units: engine, search, clock: systemClock, codec },
      observer,
    );
    let crashed = false;
    const running = task.run(stop.signal).then(
      () => undefined,
      (error: unknown) => {
        if (!(error instanceof Crash)) throw error;
        crashed = true;
      },
    );
    try {
      await eventually(async () => {
        if (!crashed) assert.equal(await engine.offset('test/numbers', 0), count);
      });
    } finally {
      stop.abort();
      await running;
    }
    if (!crashed) return;
    engine.restart();
  }
}

async function read(engine: TornEngine, topic: string): Promise<LogRecord[]> {
  const { end } = await engine.log.bounds(topic, 0);
  return end === 0 ? [] : engine.log.reader(topic, 0, 0).next(end);
}

const sums = async (engine: TornEngine): Promise<number[]> =>
  (await read(engine, 'sums')).map((record) => (record.decoded().value as ReadMarker).last_read_seq);

const documents = defineProcessor({
  doc: 'A document for each number.',
  inputs: ['ReadCommand'],
  outputs: { documents: 'SearchDocument' },
  options: Type.Object({}),
  create: () => (_state, input) => {
    const rev = (input.value as ReadCommand).marker.last_read_seq;
    const value = {
      workspace_id: 'w',
      channel_id: 'c',
      message_id: `${rev}`,
      rev,
      user_id: 'u',
      text: '',
      created_at: 0,
      deleted: false,
    };
    return [{ to: 'documents', schema: 'SearchDocument', key: input.key, value }];
  },
});

/** Nodes that put a document for each number into the index. */
function indexing(policy: ErrorPolicy): PlanNode[] {
  const from = [{ node: 'numbers', output: undefined }];
  return [
    {
      kind: 'processor',
      id: 'documents',
      name: 'documents',
      processor: documents as unknown as Processor,
      from,
      options: {},
      joins: [],
      state: undefined,
      errors: policy,
    },
    {
      kind: 'sink',
      id: 'search',
      from: [{ node: 'documents', output: undefined }],
      target: { kind: 'search' },
      parallel: 1,
      errors: policy,
    },
  ];
}

describe('the runtime', () => {
  it('keeps a state by its changelog over a crash at every step of its commits', async () => {
    const numbers = [1, 2, 3, 4, 5, 6, 7];
    for (let steps = 0; steps < 24; steps++) {
      const engine = await openEngine([steps]);
      await put(engine, numbers);
      await take(engine, plan(), numbers.length);
      // Where commits can tear, what a node puts out beside its changelog may come again; it is never lost, nor wrong.
      const found = await sums(engine);
      assert.deepEqual([...new Set(found)], [1, 3, 6, 10, 15, 21, 28], `crash after step ${steps}: ${found}`);
    }
  });

  it('puts a record that keeps failing into the dead letters, with its cause, and goes on', async () => {
    const engine = await openEngine();
    await put(engine, [1, 2, 3, 4]);
    await take(engine, plan({ ...defaultErrors, retry: 2, backoff: '1ms', then: 'dead-letter' }, { refuses: 3 }), 4);
    assert.deepEqual(await sums(engine), [1, 3, 7]);
    const [letter, ...more] = (await read(engine, 'dead_letters')).map(
      (record) => record.decoded().value as DeadLetter,
    );
    assert.equal(more.length, 0);
    assert.deepEqual(
      [letter!.topology, letter!.node, letter!.topic, letter!.offset, letter!.attempts, letter!.cause],
      ['test', 'sum', 'numbers', 2, 3, '3 is refused'],
    );
    assert.equal((codec.decode(letter!.value).value as ReadCommand).marker.last_read_seq, 3);
  });

  it('skips nothing where the source must pause: what came before is kept, what follows waits', async () => {
    const engine = await openEngine();
    await put(engine, [1, 2, 3, 4]);
    const stuck = plan({ ...defaultErrors, backoff: '1ms', 'at-most': '5ms' }, { refuses: 3 });
    await assert.rejects(take(engine, stuck, 4), assert.AssertionError);
    assert.deepEqual(await sums(engine), [1, 3]);
    // The step was mended and deployed: it goes on with the record at which it stood.
    await take(engine, plan(), 4);
    assert.deepEqual(await sums(engine), [1, 3, 6, 10]);
  });

  it('begins anew where the engine refuses a record while one behind it is tried again', async () => {
    const engine = await openEngine();
    await put(engine, [1, 3]);
    const away = new MillraceError('unavailable', 'the engine is away');
    const units: Units = {
      commit: () => new Promise((_, reject) => setTimeout(() => reject(away), 20)),
      offset: (consumer, partition) => engine.offset(consumer, partition),
    };
    const policy: ErrorPolicy = { ...defaultErrors, retry: 1, backoff: '100ms', then: 'dead-letter' };
    const task = new Task(
      { plan: plan(policy, { refuses: 3 }), partition: 0 },
      { log: engine.log, state: engine.state, units, search: {} as SearchIndex, clock: systemClock, codec },
      unobserved,
    );
    await assert.rejects(task.run(new AbortController().signal), away);
  });

  it('tries an effect again by its policy, and commits the offset only behind it', async () => {
    const engine = await openEngine();
    await put(engine, [1, 2, 3]);
    let failures = 2;
    const found: number[] = [];
    const index = async (documents: SearchDocument[]): Promise<void> => {
      if (failures-- > 0) throw new Error('the index is away');
      assert.equal(await engine.offset('test/numbers', 0), undefined);
      for (const document of documents) found.push(document.rev);
    };
    const policy = { ...defaultErrors, backoff: '1ms' };
    const search = { index } as unknown as SearchIndex;
    await take(engine, plan(policy, {}, indexing(policy)), 3, search);
    assert.deepEqual(found, [1, 2, 3]);
    assert.equal(failures, -1);
  });

  it('loses no dead letter of an effect over a crash at every step', async () => {
    const policy: ErrorPolicy = { ...defaultErrors, retry: 0, then: 'dead-letter' };
    const search = { index: () => Promise.reject(new Error('refused')) } as unknown as SearchIndex;
    for (let steps = 0; steps < 8; steps++) {
      const engine = await openEngine([steps]);
      await put(engine, [1]);
      await take(engine, plan(policy, {}, indexing(policy)), 1, search);
      assert.ok((await read(engine, 'dead_letters')).length > 0, `crash after step ${steps}`);
    }
  });
});
