import { Type } from '@sinclair/typebox';
import pino from 'pino';
import { Registry } from 'prom-client';
import { filter, map, Subject } from 'rxjs';
import { MemoryLog } from '../platform/log/memory.ts';
import { KeptRecord } from '../platform/log/record.ts';
import { fileCodec } from '../platform/schemas/files.ts';
import { MemoryState } from '../platform/state/memory.ts';
import { RuntimeMetrics } from '../runtime/observing/runtime-metrics.ts';
import { defineProcessor, type Input, type Output, type Processor } from '../runtime/processor.ts';
import type { Intake } from '../runtime/task/intake.ts';
import { UnitMaker } from '../runtime/task/unit-maker.ts';
import { checkTopologies } from '../runtime/topology/load.ts';
import type { MessageEvent } from '../schemas/generated/types.ts';
import { event } from './event.ts';
import { median } from './statistics.ts';

const batchSize = 500;

/** What each step of all three does: a little work on the value, as processors do. */
const steps: { [name: string]: (value: MessageEvent) => MessageEvent } = {
  trace: (value) => ({ ...value, trace_id: `${value.rev}` }),
  shift: (value) => ({ ...value, time: value.time + 1 }),
  name: (value) => ({ ...value, actor_id: value.actor_id.toUpperCase() }),
};

const isEven = (value: MessageEvent): boolean => value.rev % 8 !== 7;

const topics = `
topics:
  from: { description: in, partitions: 1, schemas: [MessageEvent], key: channel, retention: 1d }
  to: { description: out, partitions: 1, schemas: [MessageEvent], key: channel, retention: 1d }
`;
const topology = `
topology: five
version: 1
nodes:
  in: { source: { topic: from, schema: MessageEvent } }
  some: { processor: some, from: in }
  trace: { processor: trace, from: some }
  shift: { processor: shift, from: trace }
  name: { processor: name, from: shift }
  out: { sink: { topic: to, schema: MessageEvent }, from: name }
`;

function processors(): Map<string, Processor> {
  const shape = {
    doc: 'A step of the bench.',
    inputs: ['MessageEvent'] as const,
    outputs: { out: 'MessageEvent' } as const,
    options: Type.Object({}),
  };
  const out = (input: Input, value: MessageEvent): Output[] => [
    { to: 'out', schema: 'MessageEvent', key: input.key, value },
  ];
  const all = Object.entries(steps).map(([name, step]): [string, Processor] => [
    name,
    defineProcessor({ ...shape, create: () => (_state, input) => out(input, step(input.value as MessageEvent)) }),
  ]);
  const some = defineProcessor({
    ...shape,
    create: () => (_state, input) =>
      isEven(input.value as MessageEvent) ? out(input, input.value as MessageEvent) : [],
  });
  return new Map([...all, ['some', some]]);
}

/**
 * Events a second of one core through a source, four steps and a sink: the runtime's graph, the same steps as plain RxJS
 * operators over single records, and a bare loop. All three decode Avro and encode it again, in batches of 500 from memory.
 */
export async function graph({ quick }: { quick: boolean }): Promise<object> {
  const codec = fileCodec();
  const count = quick ? 20_000 : 100_000;
  const bytes = Array.from({ length: 2000 }, (_, i) => codec.encode('MessageEvent', event('general', i, i)));
  let encoded = 0;
  const emit = (value: MessageEvent): void => {
    encoded += codec.encode('MessageEvent', value).length;
  };

  const loop = (): void => {
    const { trace, shift, name } = steps;
    for (let i = 0; i < count; i++) {
      const value = codec.decode(bytes[i % bytes.length]!).value as MessageEvent;
      if (isEven(value)) emit(name!(shift!(trace!(value))));
    }
  };

  const rx = (): void => {
    const source = new Subject<Buffer>();
    source
      .pipe(
        map((buffer) => codec.decode(buffer).value as MessageEvent),
        filter(isEven),
        map(steps['trace']!),
        map(steps['shift']!),
        map(steps['name']!),
      )
      .subscribe(emit);
    for (let i = 0; i < count; i++) source.next(bytes[i % bytes.length]!);
    source.complete();
  };

  const { plans, problems } = checkTopologies(
    [
      { file: 'topics.yaml', text: topics },
      { file: 'five.yaml', text: topology },
    ],
    processors(),
  );
  if (!plans) throw new Error(JSON.stringify(problems));
  const plan = plans.topologies[0]!;
  const observer = new RuntimeMetrics(new Registry()).observer('five', pino({ level: 'silent' }));
  const maker = new UnitMaker(plan, 0, 1, { log: new MemoryLog(codec), state: new MemoryState(), codec }, observer);
  const source = plan.nodes.find((node) => node.kind === 'source')!;
  const intake: Intake = {
    ...{ kind: 'source', id: 'in', node: source, topic: 'from', partition: 0, consumer: 'five/in' },
    ...{ batch: { size: batchSize, within_ms: 0 }, in_flight: 1, ahead: false, leadsTo: new Set<string>() },
  };
  const runtime = (): void => {
    for (let from = 0; from < count; from += batchSize) {
      const records = Array.from({ length: batchSize }, (_, i) => {
        const offset = from + i;
        return new KeptRecord(codec, 'from', 0, offset, 0, 'acme\0#general', undefined, bytes[offset % bytes.length]);
      });
      const unit = maker.make(intake, records);
      if (unit.failure) throw unit.failure.error;
      for (const append of unit.appends) emit(append.value as MessageEvent);
    }
  };

  const variants: { [name: string]: () => void } = { loop, rx, runtime };
  /** CPU, in µs an event. */
  const cost: { [name: string]: number[] } = { loop: [], rx: [], runtime: [] };
  const outputs: { [name: string]: number } = {};
  for (let round = -1; round < (quick ? 3 : 9); round++) {
    for (const [name, run] of Object.entries(variants)) {
      encoded = 0;
      const before = process.cpuUsage();
      run();
      const used = process.cpuUsage(before);
      // The first round is for the compiler.
      if (round >= 0) cost[name]!.push((used.user + used.system) / count);
      outputs[name] = encoded;
    }
  }
  if (new Set(Object.values(outputs)).size > 1)
    throw new Error(`the three differ in what they put out: ${JSON.stringify(outputs)}`);
  const base = median(cost['loop']!);
  return {
    events: count,
    bytes_an_event: Math.round(bytes[0]!.length),
    variants: Object.fromEntries(
      Object.entries(cost).map(([name, values]) => [
        name,
        {
          events_a_second: Math.round(1e6 / median(values)),
          us_an_event: median(values),
          ratio_to_loop: Number((median(values) / base).toFixed(2)),
          spread: values.map((value) => Number((value / base).toFixed(2))).sort((a, b) => a - b),
        },
      ]),
    ),
  };
}
