import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, describe, it } from 'node:test';
import type { SearchDocument, SearchIndex } from '../platform/search/port.ts';
import type { Unit } from '../platform/units/port.ts';
import { systemClock } from '../runtime/clock.ts';
import { Task } from '../runtime/task/task.ts';
import type { Run } from '../runtime/testing/driver.ts';
import { whereOf } from '../runtime/testing/fixture/crashes.ts';
import type { Given } from '../runtime/testing/given.ts';
import { appendOf } from '../runtime/testing/given.ts';
import { Journal } from '../runtime/testing/journal.ts';
import { TornEngine } from '../runtime/testing/torn-engine.ts';
import { topicSpecs } from '../runtime/topology/topic-specs.ts';
import * as asRead from './support/as-read.ts';
import { runOf, sameWithCrashes, smallPlans } from './support/crashing.ts';
import { eventually } from './support/eventually.ts';
import { codec } from './support/pipeline.ts';
import { makeWorkload } from './support/workload.ts';

const topics = `topics:
  typing: { description: Who types., partitions: channels, key: channel, schemas: [Typing], retention: 3d }
  calm: { description: Typing coalesced., partitions: channels, key: channel, schemas: [Typing], retention: 3d }
  open_windows: { description: Open windows., partitions: channels, schemas: [StateChange], compact: true }
`;
const windows = `topology: calm
version: 1
nodes:
  typing: { source: { topic: typing, schema: Typing } }
  coalesced: { window: { length: 10s, keep: last, at-most: 4 }, from: typing, state: { changelog: open_windows } }
  calm: { sink: { topic: calm, schema: Typing, key: channel }, from: coalesced }
`;

const folder = mkdtempSync(`${tmpdir()}/millrace-guarantees-`);
after(() => rmSync(folder, { recursive: true }));
writeFileSync(`${folder}/topics.yaml`, topics);
writeFileSync(`${folder}/calm.yaml`, windows);

describe('a state with a changelog (docs/guarantees.md)', async () => {
  const plans = await smallPlans(folder);
  // More channels than a window holds: windows end within batches and between them.
  const given = Array.from({ length: 17 }, (_, i): Given => {
    const value = { workspace_id: 'w', channel_id: `c${(i * 3) % 7}`, user_id: `u${i}` };
    return { topic: 'typing', schema: 'Typing', value };
  });
  const scenario = { plans, topology: 'calm', given };
  const read = (run: Run) => ({
    calm: asRead.setAsRead(run.outputs('calm')),
    state: ['window', 'kept', 'places'].map((table) => [...run.state('coalesced', table)].sort()),
  });

  it('is the same after a crash at any step, and what goes out beside it is never lost, nor wrong', async () => {
    const calm = await sameWithCrashes(scenario, read);
    assert.ok(calm.outputs('calm').length >= 8);
  });

  it('is the same where it is lost with the crash', async () => {
    const calm = await runOf(scenario);
    for (const step of calm.engine.steps.keys()) {
      const torn = await runOf({ ...scenario, atCrash: ({ engine }) => engine.forgetState() }, [step]);
      assert.deepEqual(read(torn), read(calm), `crash ${whereOf(calm.engine.steps, step)}, and the state lost`);
    }
  });
});

describe('a commit that is refused', async () => {
  const plans = await smallPlans();
  const made = await runOf({ plans, topology: 'messages', given: (await makeWorkload(plans)).commands });
  const events = made
    .outputs('events')
    .map(({ value }): Given => ({ topic: 'message_events', schema: 'MessageEvent', value }));

  it('takes with it those behind it, whose effects were under way', async () => {
    const engine = new TornEngine(codec, Date.now);
    await engine.log.declare(topicSpecs(plans, { partitions: 1, gateways: ['0'] }));
    await engine.log.append(events.map((event) => appendOf(event, plans)));
    let refused = false;
    const commit = async (unit: Unit) => {
      if (refused) return engine.commit(unit);
      refused = true;
      throw new Error('refused once');
    };
    // The second batch reaches the index, and its commit, when the first one's refusal is known.
    const index = async (documents: SearchDocument[]): Promise<void> => {
      if (documents.some(({ rev, channel_id }) => channel_id === 'a' && rev > 2))
        await eventually(() => assert.ok(refused));
      return engine.index(documents);
    };
    const search = { index } as unknown as SearchIndex;
    const units = { commit, offset: engine.offset.bind(engine) };
    const plan = plans.topologies.find(({ name }) => name === 'index')!;
    const ports = { log: engine.log, state: engine.state, units, search, clock: systemClock, codec };
    const life = (): Task => new Task({ plan, partition: 0 }, ports, new Journal(engine));
    const stop = new AbortController();
    await assert.rejects(life().run(stop.signal), /refused once/);
    assert.equal(await engine.offset('index/events', 0), undefined, 'nothing behind it has moved the source on');
    const running = life().run(stop.signal);
    await eventually(async () => assert.equal(await engine.offset('index/events', 0), events.length));
    stop.abort();
    await running;
  });

  it('takes with it those behind it, of a source whose offset is not kept', async () => {
    const volatile = mkdtempSync(`${tmpdir()}/millrace-guarantees-`);
    writeFileSync(
      `${volatile}/topics.yaml`,
      topics.replace('[Typing], retention: 3d', '[Typing], retention: 3d, volatile: true'),
    );
    writeFileSync(`${volatile}/calm.yaml`, windows);
    const calm = await smallPlans(volatile);
    rmSync(volatile, { recursive: true });
    const engine = new TornEngine(codec, Date.now);
    await engine.log.declare(topicSpecs(calm, { partitions: 1, gateways: [] }));
    const value = { workspace_id: 'w', channel_id: 'c', user_id: 'u' };
    const typing = appendOf({ topic: 'typing', schema: 'Typing', value }, calm);
    await engine.log.append(Array.from({ length: 9 }, () => typing));
    let calls = 0;
    const commit = async (unit: Unit) => {
      const call = ++calls;
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (call === 2) throw new Error('refused');
      return engine.commit(unit);
    };
    const units = { commit, offset: engine.offset.bind(engine) };
    const search = {} as SearchIndex;
    const ports = { log: engine.log, state: engine.state, units, search, clock: systemClock, codec };
    const task = new Task({ plan: calm.topologies[0]!, partition: 0 }, ports, new Journal(engine));
    await assert.rejects(task.run(new AbortController().signal), /refused/);
    assert.equal(calls, 3);
    assert.equal(task.positions.get('typing'), 3, 'the next task begins behind what was kept');
  });
});
