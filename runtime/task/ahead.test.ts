import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { Type } from '@sinclair/typebox';
import { openEngine } from '../../platform/embedded/engine.ts';
import { fileCodec } from '../../platform/schemas/files.ts';
import { defineProcessor, type Processor } from '../processor.ts';
import { checkTopologies } from '../topology/load.ts';
import { intakesOf } from './intake.ts';
import { unobserved } from './observer.ts';
import { UnitMaker } from './unit-maker.ts';

const topics = `
topics:
  reads: { description: in, partitions: 1, schemas: [ReadCommand], key: person, retention: 1d }
  ticks: { description: asks, partitions: 1, schemas: [Typing], volatile: true, retention: 1d }
  out: { description: durable, partitions: 1, schemas: [ReadCommand], key: person, retention: 1d }
  shown: { description: volatile, partitions: 1, schemas: [Typing], volatile: true, retention: 1d }
  kept: { description: state, partitions: 1, schemas: [StateChange], compact: true }
`;
const both = defineProcessor({
  doc: 'Counts reads and tells of them when asked.',
  inputs: ['ReadCommand', 'Typing'],
  outputs: { out: 'ReadCommand', shown: 'Typing' },
  options: Type.Object({}),
  tables: { reads: { doc: 'Reads.' } },
  create: () => () => [],
});

test('what a record that is on disk leads to waits, too, where the states may be ahead of the disk', async () => {
  const folder = mkdtempSync(`${tmpdir()}/millrace-ahead-`);
  const engine = openEngine(folder, fileCodec());
  const spec = (name: string, volatile = false) => ({
    name,
    partitions: 1,
    retention_ms: null,
    compact: false,
    volatile,
  });
  await engine.log.declare([
    ...['reads', 'out', 'kept'].map((name) => spec(name)),
    ...['ticks', 'shown'].map((name) => spec(name, true)),
  ]);
  const nodes = `topology: test
version: 1
nodes:
  reads: { source: { topic: reads, schema: ReadCommand } }
  ticks: { source: { topic: ticks, schema: Typing } }
  both: { processor: both, from: [reads, ticks], state: { changelog: kept } }
  out: { sink: { topic: out, schema: ReadCommand }, from: both.out }
  shown: { sink: { topic: shown, schema: Typing }, from: both.shown }
`;
  const files = [
    { file: 'topics.yaml', text: topics },
    { file: 'test.yaml', text: nodes },
  ];
  const { plans, problems } = checkTopologies(files, new Map([['both', both as unknown as Processor]]));
  assert.deepEqual(problems, []);
  const plan = plans!.topologies.find(({ name }) => name === 'test')!;
  const intakes = intakesOf(plan, 0, 'test', engine.log);
  assert.deepEqual(
    intakes.map(({ id, ahead }) => [id, ahead]),
    [
      ['reads', true],
      ['ticks', false],
    ],
  );
  const maker = new UnitMaker(plan, 0, 1, { ...engine, codec: fileCodec() }, unobserved);
  await engine.log.append([
    { topic: 'ticks', key: 'k', schema: 'Typing', value: { workspace_id: 'w', channel_id: 'c', user_id: 'u' } },
  ]);
  const records = await engine.log.reader('ticks', 0, 0).next(1);
  assert.equal(maker.make(intakes[1]!, records).ahead, true);
  maker.close();
  await engine.close();
  rmSync(folder, { recursive: true });
});
