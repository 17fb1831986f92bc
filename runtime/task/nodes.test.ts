import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Type } from '@sinclair/typebox';
import { fileCodec } from '../../platform/schemas/files.ts';
import type { PresenceChanged, ReadCommand } from '../../schemas/generated/types.ts';
import { defineProcessor, type Processor } from '../processor.ts';
import { drive, type Run } from '../testing/driver.ts';
import type { Given } from '../testing/given.ts';
import { checkTopologies } from '../topology/load.ts';

const topics = `
topics:
  reads: { description: in, partitions: 1, schemas: [ReadCommand], key: person, retention: 1d }
  statuses: { description: a table, partitions: 1, schemas: [PresenceChanged], key: person, compact: true }
  out: { description: out, partitions: 1, schemas: [ReadCommand], key: person, retention: 1d }
  others: { description: out, partitions: 1, schemas: [ReadCommand], key: person, retention: 1d }
  kept: { description: a window, partitions: 1, schemas: [StateChange], compact: true }
  dead_letters: { description: given up, partitions: 1, schemas: [DeadLetter], retention: 1d }
  redrives: { description: back, partitions: 1, schemas: [Redrive], retention: 1d }
`;

/** Passes records on, with the status of its join as the channel; refuses those of one user. */
const mark = defineProcessor({
  doc: 'Marks with what was joined.',
  inputs: ['ReadCommand'],
  outputs: { marked: 'ReadCommand' },
  options: Type.Object({ refuses: Type.Optional(Type.String()) }),
  create: (options) => (_state, input) => {
    const value = input.value as ReadCommand;
    if (value.user_id === (options as { refuses?: string }).refuses) throw new Error(`${value.user_id} is refused`);
    const status = (input.joined?.['status'] as PresenceChanged | null | undefined)?.status ?? 'nobody';
    return [{ to: 'marked', schema: 'ReadCommand', key: input.key, value: { ...value, channel_id: status } }];
  },
});

async function running(nodes: string, rest = '', before: Given[] = []): Promise<Run> {
  const files = [
    { file: 'topics.yaml', text: topics },
    { file: 'test.yaml', text: `topology: test\nversion: 1\nnodes:\n${nodes}\n${rest}` },
  ];
  const { plans, problems } = checkTopologies(files, new Map([['mark', mark as unknown as Processor]]));
  assert.deepEqual(problems, []);
  return drive(plans!, 'test', { before });
}

function read(user: string, seq: number): Given {
  const marker = { epoch: 0, last_read_seq: seq, last_read_rev: 0, since_rev: 0 };
  return {
    topic: 'reads',
    schema: 'ReadCommand',
    value: { workspace_id: 'w', user_id: user, channel_id: 'c', marker, reply_to: null },
  };
}

function status(user: string, text: string): Given {
  return { topic: 'statuses', schema: 'PresenceChanged', value: { workspace_id: 'w', user_id: user, status: text } };
}

/** `user seq` of each record of a sink. */
function seen(run: Run, sink: string): string[] {
  return run.outputs(sink).map(({ value }) => {
    const { user_id, marker } = value as ReadCommand;
    return `${user_id} ${marker.last_read_seq}`;
  });
}

const source = '  reads: { source: { topic: reads, schema: ReadCommand } }';
const out = (from: string): string =>
  `  out: { sink: { topic: out, schema: ReadCommand, key: person }, from: ${from} }`;

describe('a branch', () => {
  it('sends each record by the first output that fits, and drops what fits none', async () => {
    const run = await running(`${source}
  pick:
    branch:
      early: value.marker.last_read_seq < 3
      alice: value.user_id == "alice" && time > 0.0 && key.contains("alice")
    from: reads
${out('pick.early')}
  others: { sink: { topic: others, schema: ReadCommand, key: person }, from: pick.alice }`);
    await run.give([read('alice', 1), read('alice', 5), read('bob', 2), read('bob', 7)]);
    assert.deepEqual(seen(run, 'out'), ['alice 1', 'bob 2']);
    assert.deepEqual(seen(run, 'others'), ['alice 5']);
    await run.stop();
  });

  it('has an else, and a condition that can not be told is a failure of that node', async () => {
    const run = await running(
      `${source}
  pick: { branch: { wrong: 'value.reply_to.gateway == "0"', rest: else }, from: reads, errors: { retry: 1, then: dead-letter } }
${out('pick.rest')}
  others: { sink: { topic: others, schema: ReadCommand, key: person }, from: pick.wrong }`,
    );
    const asked = {
      ...read('bob', 2),
      value: { ...(read('bob', 2).value as object), reply_to: { gateway: '1', epoch: 0, request: 0 } },
    };
    await run.give([read('alice', 1), asked]);
    await run.settle();
    assert.deepEqual(seen(run, 'out'), ['bob 2']);
    assert.deepEqual(
      run.deadLetters().map(({ node, attempts }) => [node, attempts]),
      [['pick', 2]],
    );
    await run.stop();
  });
});

describe('a window', () => {
  const window = (keep: string, most = 100): string => `${source}
  calm: { window: { length: 10s, keep: ${keep}, at-most: ${most} }, from: reads, state: { changelog: kept } }
${out('calm')}`;

  async function day(run: Run): Promise<void> {
    await run.give([read('alice', 1), read('bob', 1), read('alice', 2)]);
    await run.advance('5s');
    await run.give([read('alice', 3)]);
    assert.deepEqual(seen(run, 'out'), []);
    await run.advance('5s');
    await run.give([read('carol', 9)]);
  }

  it('keeps the last, the first, or all records of each key until record time has passed it', async () => {
    const kept: [string, string[]][] = [
      ['last', ['alice 3', 'bob 1']],
      ['first', ['alice 1', 'bob 1']],
      ['all', ['alice 1', 'bob 1', 'alice 2', 'alice 3']],
    ];
    for (const [keep, expected] of kept) {
      const run = await running(window(keep));
      await day(run);
      assert.deepEqual(seen(run, 'out'), expected, keep);
      await run.stop();
    }
  });

  it('outlives a restart, and the loss of its state', async () => {
    const run = await running(window('last'));
    await run.give([read('alice', 1), read('alice', 2)]);
    await run.restart();
    await run.give([read('alice', 3)]);
    await run.restart({ forget: 'state' });
    await run.advance('10s');
    await run.give([read('bob', 1)]);
    assert.deepEqual(seen(run, 'out'), ['alice 3']);
    await run.stop();
  });

  it('that is full ends early: it holds no more than it says', async () => {
    const run = await running(window('all', 2));
    await run.give([read('a', 1), read('b', 2), read('c', 3), read('d', 4), read('e', 5)]);
    assert.deepEqual(seen(run, 'out'), ['a 1', 'b 2', 'c 3', 'd 4']);
    await run.stop();
  });
});

describe('a join', () => {
  const joined = `${source}
  statuses: { table: { topic: statuses, schema: PresenceChanged, gone: value.status == "offline" } }
  mark: { processor: mark, from: reads, join: { status: { table: statuses } } }
${out('mark.marked')}`;
  const channels = (run: Run): string[] => run.outputs('out').map(({ value }) => (value as ReadCommand).channel_id);

  it('finds the rows that were there before the record, and follows their changes', async () => {
    const run = await running(joined, '', [status('alice', 'online'), status('bob', 'busy'), status('alice', 'away')]);
    await run.give([read('alice', 1), read('bob', 1), read('carol', 1)]);
    await run.give([status('alice', 'online'), status('bob', 'offline')]);
    await run.give([read('alice', 2), read('bob', 2)]);
    assert.deepEqual(channels(run), ['away', 'busy', 'nobody', 'online', 'nobody']);
    await run.restart({ forget: 'state' });
    await run.give([read('alice', 3), read('bob', 3)]);
    assert.deepEqual(channels(run).slice(5), ['online', 'nobody']);
    await run.stop();
  });

  it('looks its row up by an expression, and a branch may ask for it', async () => {
    const run = await running(
      `${source}
  statuses: { table: { topic: statuses, schema: PresenceChanged } }
  pick:
    branch: { awake: 'joined.boss != null && joined.boss.status == "online"' }
    from: reads
    join: { boss: { table: statuses, by: 'value.workspace_id + "\\u0000@boss"' } }
${out('pick.awake')}`,
      '',
      [status('boss', 'online')],
    );
    await run.give([read('alice', 1), status('boss', 'away'), read('alice', 2)]);
    assert.deepEqual(seen(run, 'out'), ['alice 1']);
    await run.stop();
  });
});

describe('policies', () => {
  const refusing = `${source}
  mark: { processor: mark, from: reads, with: { refuses: bob }, errors: { retry: 2, backoff: 1s, then: dead-letter } }
${out('mark')}`;

  it('of a node go before those of its topology', async () => {
    const run = await running(refusing, 'errors: { retry: forever, then: pause-source }');
    await run.give([read('alice', 1), read('bob', 2), read('carol', 3)]);
    await run.settle();
    assert.deepEqual(seen(run, 'out'), ['alice 1', 'carol 3']);
    const [letter] = run.deadLetters();
    assert.deepEqual(
      [letter?.node, letter?.source, letter?.attempts, letter?.cause],
      ['mark', 'reads', 3, 'bob is refused'],
    );
    await run.stop();
  });

  it('let a dead letter come back into its topology alone, as it was, once; what fails again is the same letter anew', async () => {
    const run = await running(refusing);
    const codec = fileCodec();
    const back = (topology: string, record: Given): Given => ({
      topic: 'redrives',
      schema: 'Redrive',
      key: 'w\0@bob',
      value: {
        ...{ letter: 0, topology, source: 'reads', topic: 'reads', partition: 0, offset: 1, time: 5, key: 'w\0@bob' },
        value: codec.encode('ReadCommand', record.value as ReadCommand),
      },
    });
    await run.give([
      read('bob', 2),
      back('other', read('dora', 1)),
      back('test', read('eve', 4)),
      back('test', read('bob', 2)),
    ]);
    await run.settle();
    assert.deepEqual(seen(run, 'out'), ['eve 4']);
    const letters = run.deadLetters();
    assert.equal(letters.length, 2);
    assert.deepEqual(
      [letters[1]?.source, letters[1]?.topic, letters[1]?.offset, letters[1]?.key],
      ['reads', 'reads', 1, 'w\0@bob'],
    );
    await run.restart();
    assert.deepEqual(seen(run, 'out'), ['eve 4']);
    await run.stop();
  });
});
