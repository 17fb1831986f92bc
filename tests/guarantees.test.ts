import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, describe, it } from 'node:test';
import { openEngine } from '../platform/embedded/engine.ts';
import type { RowWrite } from '../platform/messages/port.ts';
import type { SearchDocument } from '../platform/search/port.ts';
import type { Run } from '../runtime/testing/driver.ts';
import { whereOf } from '../runtime/testing/fixture/crashes.ts';
import type { Given } from '../runtime/testing/given.ts';
import type { MessageEvent } from '../schemas/generated/types.ts';
import * as asRead from './support/as-read.ts';
import { runOf, sameWithCrashes, smallPlans } from './support/crashing.ts';
import { codec } from './support/pipeline.ts';
import { makeWorkload } from './support/workload.ts';

const plans = await smallPlans();
const workload = await makeWorkload(plans);
const folder = mkdtempSync(`${tmpdir()}/millrace-guarantees-`);
const engine = openEngine(folder, codec);
after(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

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

const messages = { plans, topology: 'messages', given: workload.commands };
const calm = await runOf(messages);
const events = calm
  .outputs('events')
  .map(({ value }): Given => ({ topic: 'message_events', schema: 'MessageEvent', value }));

describe('what holds after a crash at any step of any commit (docs/guarantees.md)', () => {
  it('messages: each event once and the same, by rev; rows as the store keeps them; an answer to each; the state', async () => {
    await sameWithCrashes({ ...messages, atCrash: rowsBeforeEvents }, async (run) => ({
      events: asRead.eventsAsRead(run.outputs('events')),
      answers: asRead.answersAsRead(run.outputs('answers')),
      store: await stored(rowsOf(run)),
      state: tables(run, 'sequence', ['heads', 'clock', 'sent', 'threads', 'changed']),
    }));
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
    await sameWithCrashes(messages, (run) => run.outputs('events'));
  });

  it('messages: a state that is lost with the crash is made of the events again', async () => {
    for (const step of calm.engine.steps.keys()) {
      const torn = await runOf({ ...messages, atCrash: ({ engine: left }) => left.forgetState() }, [step]);
      const where = `crash ${whereOf(calm.engine.steps, step)}, and the state lost`;
      assert.deepEqual(torn.outputs('events'), calm.outputs('events'), where);
    }
  });

  it('messages: rows that come late, such as those of a process that was taken for dead, change nothing', async () => {
    const rows = rowsOf(calm);
    const expected = await stored(rows);
    for (let from = 0; from < rows.length; from += 3)
      assert.deepEqual(await stored([...rows, ...rows.slice(from, from + 12)]), expected, `rows from ${from} on`);
  });

  it('read-markers: rows as the store merges them; each device’s marker, and whoever waits is told', async () => {
    await sameWithCrashes({ plans, topology: 'read-markers', given: workload.reads }, async (run) => ({
      store: await stored(rowsOf(run)),
      people: asRead.peopleAsRead(run.outputs('events')),
    }));
  });

  it('memberships: of each membership the newest', async () => {
    const scenario = { plans, topology: 'memberships', given: events };
    await sameWithCrashes(scenario, (run) => asRead.peopleAsRead(run.outputs('people')));
  });

  it('index: of each message the newest document; of a record that is given up a dead letter, at least one', async () => {
    const prepare = (run: Run): void =>
      run.failNext('documents', { times: Infinity, code: 'internal', when: { channel_id: 'b', rev: 2 } });
    const read = await sameWithCrashes({ plans, topology: 'index', prepare, given: events }, (run) => ({
      documents: asRead.documentsAsRead(run.outputs('search').map(({ value }) => value as SearchDocument)),
      letters: asRead.lettersAsRead(run.deadLetters()),
    }));
    assert.equal(read.deadLetters().length, 1);
  });

  it('fan-out: each gateway has each event once by rev, and what else it merges; the interests, also where they are lost with the crash', async () => {
    const interest = (gateway: string, address: string, ask: number, wanted = true): Given => ({
      topic: 'interest',
      schema: 'Interest',
      value: { address, gateway, epoch: 1, ask, wanted },
    });
    const lease: Given = { topic: 'gateways', schema: 'GatewayLease', value: { gateway: '0', epoch: 1, until: 1 } };
    const notices = await runOf({ plans, topology: 'memberships', given: events });
    const markers = await runOf({ plans, topology: 'read-markers', given: workload.reads });
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
    const [before, behind] = [events.slice(0, 6), events.slice(6)];
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
    const readers = (run: Run) => ({
      events: asRead.eventsAsRead(run.outputs('events-out')),
      people: asRead.peopleAsRead(run.outputs('people-out')),
      statuses: asRead.statusesAsRead(run.outputs('presence-out')),
      typing: asRead.setAsRead(run.outputs('typing-out')),
      asks: asRead.asksAsRead(run.outputs('markers-out')),
      interest: tables(run, 'fan-out', ['interest', 'leases']),
    });
    const scenario = { plans, topology: 'fan-out', given };
    await sameWithCrashes(scenario, readers);
    await sameWithCrashes({ ...scenario, atCrash: ({ engine: left }) => left.forgetState() }, readers);
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
