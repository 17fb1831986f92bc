import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MessageEvent } from '../../schemas/generated/types.ts';
import { openEngine } from '../embedded/engine.ts';
import type { Append } from '../log/port.ts';
import { fileCodec } from '../schemas/files.ts';
import type { Unit } from './port.ts';

const topic = { name: 'events', partitions: 1, retention_ms: null, compact: false, volatile: false };

function event(rev: number): Append {
  const change = { MembersChanged: { kind: 'joined' as const, user_ids: ['u'], change_id: rev } };
  const value: MessageEvent = {
    workspace_id: 'w',
    channel_id: 'c',
    rev,
    seq: 0,
    time: 0,
    command_offset: rev,
    actor_id: 'u',
    reply_to: null,
    made: null,
    trace_id: '',
    body: change,
  };
  return { topic: 'events', key: 'c', schema: 'MessageEvent', value };
}

const unit = (next: number, appends: Append[]): Unit => ({
  rows: [],
  appends,
  state: [],
  offsets: [{ consumer: 'test/source', partition: 0, offset: next }],
  folds: [],
});

/** No schema takes it: the commit is refused. */
const broken = { ...event(2), value: { rev: 'two' } } as unknown as Append;

describe('units of work on the embedded engine', async () => {
  const folder = mkdtempSync(`${tmpdir()}/millrace-units-`);
  const engine = openEngine(folder, fileCodec());
  await engine.log.declare([topic, { ...topic, name: 'answers', volatile: true }]);
  after(async () => {
    await engine.close();
    rmSync(folder, { recursive: true });
  });
  const results = (units: Unit[]) =>
    Promise.all(
      units.map((one) =>
        engine.units.commit(one).then(
          () => 'kept',
          () => 'refused',
        ),
      ),
    );

  it('one that is refused takes those behind it along, whose offsets would pass over it', async () => {
    const answer = { ...event(4), topic: 'answers' };
    const units = [unit(1, [event(1)]), unit(2, [broken]), unit(3, [event(3)]), unit(4, [answer])];
    assert.deepEqual(await results(units), ['kept', 'refused', 'refused', 'refused']);
    assert.equal(await engine.units.offset('test/source', 0), 1);
    assert.equal((await engine.log.bounds('events', 0)).end, 1);
    assert.equal((await engine.log.bounds('answers', 0)).end, 0);
  });

  it('once that is known, they may be made again', async () => {
    assert.deepEqual(await results([unit(2, [event(2)]), unit(3, [event(3)])]), ['kept', 'kept']);
    assert.equal(await engine.units.offset('test/source', 0), 3);
    assert.equal((await engine.log.bounds('events', 0)).end, 3);
  });

  it('of another consumer they go on', async () => {
    const other = { ...unit(1, [event(4)]), offsets: [{ consumer: 'test/other', partition: 0, offset: 1 }] };
    assert.deepEqual(await results([unit(4, [broken]), other]), ['refused', 'kept']);
    assert.equal(await engine.units.offset('test/source', 0), 3);
  });

  it('keeps nothing of one whose state can’t be kept', async () => {
    const { end } = await engine.log.bounds('events', 0);
    const bad = { state: 's/0', table: 't', key: 'k', value: 1n };
    await assert.rejects(engine.units.commit({ ...unit(1, [event(9)]), state: [bad] }), TypeError);
    await assert.rejects(engine.log.append([{ ...event(9), key: 'k'.repeat(70_000) }]), /^MillraceError.*key: /);
    const [kept] = await engine.log.append([event(2)]);
    assert.equal(kept!.offset, end);
    const [read] = await engine.log.reader('events', 0, end).next(10);
    assert.equal((read!.decoded().value as MessageEvent).rev, 2);
  });

  it('shows records in the order of their offsets, whoever wrote them in one commit', async () => {
    const { end } = await engine.log.bounds('events', 0);
    const reader = engine.log.reader('events', 0, end);
    await Promise.all([engine.units.commit(unit(2, [event(3)])), engine.log.append([event(4)])]);
    assert.equal((await engine.log.bounds('events', 0)).end, end + 2);
    assert.deepEqual(
      (await reader.next(10, 0)).map(({ offset }) => offset),
      [end, end + 1],
    );
  });
});

describe('offsets that nobody waits for', () => {
  const answers = { ...topic, name: 'answers', volatile: true };
  const answered = (next: number): Unit => unit(next, [{ ...event(next), topic: 'answers' }]);

  it('go with a later write where the disk was full, and never back', async () => {
    const folder = mkdtempSync(`${tmpdir()}/millrace-units-`);
    let free = 0;
    const options = { free: () => free };
    const engine = openEngine(folder, fileCodec(), Date.now, options);
    free = 2 ** 40;
    await engine.log.declare([topic, answers]);
    await engine.units.commit(unit(1, [event(1)]));
    free = 0;
    await sleep(600);
    await engine.units.commit(answered(2));
    assert.equal(await engine.units.offset('test/source', 0), 2);
    await sleep(100);
    free = 2 ** 40;
    await sleep(600);
    await engine.units.commit(unit(3, [event(3)]));
    await engine.units.commit(answered(4));
    await sleep(200);
    await engine.close();
    const again = openEngine(folder, fileCodec(), Date.now, options);
    assert.equal(await again.units.offset('test/source', 0), 4);
    await again.close();
    rmSync(folder, { recursive: true });
  });
});
