import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openEngine } from '../platform/embedded/engine.ts';
import type { RowWrite } from '../platform/messages/port.ts';
import type { SearchDocument } from '../platform/search/port.ts';
import { loadProcessors } from '../runtime/registry.ts';
import { drive, type Run } from '../runtime/testing/driver.ts';
import { whereOf } from '../runtime/testing/fixture/crashes.ts';
import type { Given } from '../runtime/testing/given.ts';
import { loadTopologies } from '../runtime/topology/load.ts';
import type { Plans } from '../runtime/topology/plan.ts';
import type { MessageEvent } from '../schemas/generated/types.ts';
import * as asRead from './support/as-read.ts';
import { codec } from './support/pipeline.ts';
import { makeWorkload } from './support/workload.ts';

const processors = await loadProcessors();
const { plans: shipped } = loadTopologies(fileURLToPath(new URL('../topologies', import.meta.url)), processors);
/** Small batches put crash points between records, too. */
const plans: Plans = {
  ...shipped!,
  topologies: shipped!.topologies.map((plan) => ({
    ...plan,
    nodes: plan.nodes.map((node) => (node.kind === 'source' ? { ...node, batch: { size: 3, within_ms: 0 } } : node)),
  })),
};
const workload = await makeWorkload(plans);
const folder = mkdtempSync(`${tmpdir()}/millrace-guarantees-`);
const engine = openEngine(folder, codec);
after(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

/** Runs a topology over records, with crashes after so many steps of each life. */
async function run(
  topology: string,
  given: Given[],
  crashes: number[],
  atCrash: (run: Run) => void = () => undefined,
): Promise<Run> {
  const run = await drive(plans, topology);
  for (const steps of crashes) run.crashAt(steps);
  run.atCrash = () => atCrash(run);
  await run.give(given);
  await run.settle();
  await run.stop();
  assert.deepEqual(run.journal.failures, []);
  return run;
}

/** With a crash before every step in turn, and a second one soon after, what readers make of it is as without. */
async function sameWithCrashes(
  topology: string,
  given: Given[],
  readers: (run: Run) => Promise<unknown> | unknown,
  atCrash: (run: Run) => void = () => undefined,
): Promise<Run> {
  const calm = await run(topology, given, []);
  const expected = plain(await readers(calm));
  const { steps } = calm.engine;
  assert.ok(steps.length > 5, `only ${steps.length} steps`);
  for (const step of steps.keys()) {
    for (const crashes of [[step], [step, step % 5]]) {
      const torn = await run(topology, given, crashes, atCrash);
      assert.ok(torn.journal.lives > 1);
      const where = `crash ${whereOf(steps, step)}${crashes.length > 1 ? `, and one ${step % 5} steps later` : ''}`;
      assert.deepEqual(plain(await readers(torn)), expected, where);
    }
  }
  return calm;
}

/** As JSON has it: whether a value was made here or decoded makes no difference. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

let workspaces = 0;

/** What the store's readers see once these rows were written to it, in this order. */
async function stored(rows: RowWrite[]): Promise<unknown> {
  const workspace_id = `w${workspaces++}`;
  await engine.messages.write(rows.map((row) => ({ ...row, workspace_id })));
  return asRead.storeAsRead(engine.messages, workspace_id);
}

const rowsOf = (run: Run): RowWrite[] => run.outputs('rows').map(({ value }) => value as RowWrite);
const tables = (run: Run, node: string, names: string[]): unknown =>
  names.map((name) => [...run.state(node, name)].sort(([a], [b]) => (a < b ? -1 : 1)));

/** The events of the workload, as `messages` makes them. */
async function events(): Promise<Given[]> {
  const made = await run('messages', workload.commands, []);
  return made.outputs('events').map(({ value }) => ({ topic: 'message_events', schema: 'MessageEvent', value }));
}

describe('what holds after a crash at any step of any commit (docs/guarantees.md)', () => {
  it('messages: each event once and the same, by rev; rows as the store keeps them; one answer; the state', async () => {
    const calm = await sameWithCrashes(
      'messages',
      workload.commands,
      async (run) => ({
        events: asRead.eventsAsRead(run.outputs('events')),
        answers: asRead.answersAsRead(run.outputs('answers')),
        store: await stored(rowsOf(run)),
        state: tables(run, 'sequence', ['heads', 'clock', 'sent', 'threads', 'changed']),
      }),
      rowsBeforeEvents,
    );
    const made = calm.outputs('events').map(({ value }) => value as MessageEvent);
    for (const channel of ['a', 'b']) {
      const revs = made.filter(({ channel_id }) => channel_id === channel).map(({ rev }) => rev);
      assert.deepEqual(
        revs,
        revs.map((_, i) => i + 1),
        'without a gap',
      );
    }
    assert.ok(calm.outputs('answers').length > 5);
  });

  it('messages: no event is written twice at all, for the state folds the topic that it goes to', async () => {
    await sameWithCrashes('messages', workload.commands, (run) => run.outputs('events'));
  });

  it('messages: a state that is lost after the crash, too, is made of the events again', async () => {
    const calm = await run('messages', workload.commands, []);
    for (const step of calm.engine.steps.keys()) {
      const torn = await run('messages', workload.commands, [step], ({ engine: torn }) => torn.forgetState());
      assert.deepEqual(
        torn.outputs('events'),
        calm.outputs('events'),
        `crash ${whereOf(calm.engine.steps, step)}, and the state lost`,
      );
    }
  });

  it('read-markers: rows as the store merges them; each device’s marker, and whoever waits is told', async () => {
    await sameWithCrashes('read-markers', workload.reads, async (run) => ({
      store: await stored(rowsOf(run)),
      people: asRead.peopleAsRead(run.outputs('events')),
    }));
  });

  it('memberships: of each membership the newest', async () => {
    await sameWithCrashes('memberships', await events(), (run) => asRead.peopleAsRead(run.outputs('people')));
  });

  it('index: of each message the newest document; a record given up has its dead letter', async () => {
    const given = await events();
    const readers = (run: Run) => ({
      documents: asRead.documentsAsRead(run.outputs('search').map(({ value }) => value as SearchDocument)),
    });
    await sameWithCrashes('index', given, readers);
  });

  it('fan-out: each gateway has each event once by rev, and what else it merges; the interests', async () => {
    const interest = (gateway: string, address: string, ask: number, wanted = true): Given => ({
      topic: 'interest',
      schema: 'Interest',
      value: { address, gateway, epoch: 1, ask, wanted },
    });
    const lease: Given = { topic: 'gateways', schema: 'GatewayLease', value: { gateway: '0', epoch: 1, until: 1 } };
    const notices = await run('memberships', await events(), []);
    const markers = await run('read-markers', workload.reads, []);
    const people = [...notices.outputs('people'), ...markers.outputs('events')].map(
      ({ value }): Given => ({ topic: 'person_events', schema: 'PersonEvent', value }),
    );
    const status = (now: 'online' | 'away'): Given => ({
      topic: 'presence_changes',
      schema: 'PresenceChanged',
      value: { workspace_id: 'w', user_id: 'bob', status: now },
    });
    const typing: Given = {
      topic: 'typing',
      schema: 'Typing',
      value: { workspace_id: 'w', channel_id: 'a', user_id: 'eve' },
    };
    const [before, behind] = [(await events()).slice(0, 6), (await events()).slice(6)];
    const given = [
      lease,
      interest('0', 'w\0#a', 1),
      interest('1', 'w\0@bob', 2),
      interest('1', 'w\0!bob', 3),
      ...before,
      ...people,
      status('away'),
      typing,
      interest('1', 'w\0#b', 4),
      status('online'),
      ...behind,
    ];
    await sameWithCrashes('fan-out', given, (run) => ({
      events: asRead.eventsAsRead(run.outputs('events-out')),
      people: asRead.peopleAsRead(run.outputs('people-out')),
      statuses: asRead.statusesAsRead(run.outputs('presence-out')),
      typing: asRead.setAsRead(run.outputs('typing-out')),
      asks: asRead.asksAsRead(run.outputs('markers-out')),
      interest: tables(run, 'fan-out', ['interest', 'leases']),
    }));
  });
});

/** At any moment: an event that can be read has its rows, its channel's head last. */
function rowsBeforeEvents(run: Run): void {
  const heads = new Map<string, number>();
  for (const row of rowsOf(run)) if (row.kind === 'head') heads.set(row.channel_id, row.head.rev);
  for (const { value } of run.outputs('events')) {
    const { channel_id, rev } = value as MessageEvent;
    assert.ok((heads.get(channel_id) ?? 0) >= rev, `event ${rev} of ${channel_id} is out before its rows`);
  }
}
