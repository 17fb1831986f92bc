import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import pino from 'pino';
import { Registry } from 'prom-client';
import type { LogRecord } from '../../platform/log/port.ts';
import type { SearchIndex } from '../../platform/search/port.ts';
import { systemClock } from '../../runtime/clock.ts';
import { RuntimeMetrics } from '../../runtime/observing/runtime-metrics.ts';
import { loadProcessors } from '../../runtime/registry.ts';
import { Task } from '../../runtime/task/task.ts';
import { Crash, TornEngine } from '../../runtime/testing/torn-engine.ts';
import { loadTopologies } from '../../runtime/topology/load.ts';
import { topicSpecs } from '../../runtime/topology/topic-specs.ts';
import type { Message, MessageEvent } from '../../schemas/generated/types.ts';
import { codec, sendCommand } from '../../tests/support/pipeline.ts';

interface Send {
  channel: string;
  user: string;
  id: string;
  /** The clock moves by this before it, in milliseconds; it may fall. */
  wait: number;
}

const sends = fc.array(
  fc.record({
    channel: fc.constantFrom('a', 'b', 'c'),
    user: fc.constantFrom('alice', 'bob'),
    id: fc.constantFrom('1', '2', '3', '4', '5', '6'),
    wait: fc.integer({ min: -50, max: 50 }),
  }),
  { minLength: 1, maxLength: 40 },
);
const crashes = fc.array(fc.integer({ min: 0, max: 25 }), { maxLength: 6 });

describe('the sequencer, under any interleaving and any crash point', () => {
  it('numbers events without a gap, makes one message of each client_msg_id, and ids that grow', async () => {
    const processors = await loadProcessors();
    await fc.assert(
      fc.asyncProperty(sends, crashes, fc.integer({ min: 1, max: 10 }), async (commands, lives, chunk) => {
        const events = (await run(processors, commands, [...lives], chunk)).map(
          (record) => record.decoded().value as MessageEvent,
        );
        check(commands, events);
      }),
      { numRuns: 150 },
    );
  });

  it('knows a repeat again after a crash between two slices of its memory', async () => {
    // Found by the property above: the event was appended a day later than its command, by the calendar of the slices.
    const processors = await loadProcessors();
    const send = (channel: string, id: string, wait: number): Send => ({ channel, user: 'alice', id, wait });
    const commands = [send('a', '1', -1), send('b', '4', 0), send('b', '4', 0), send('a', '1', 1)];
    const events = await run(processors, commands, [3], 2);
    check(
      commands,
      events.map((record) => record.decoded().value as MessageEvent),
    );
  });

  it('makes the same bytes with crashes as without', async () => {
    const processors = await loadProcessors();
    await fc.assert(
      fc.asyncProperty(sends, crashes, async (commands, lives) => {
        const calm = await run(processors, commands, [], 10);
        const torn = await run(processors, commands, [...lives], 10);
        assert.deepEqual(
          torn.map((record) => record.bytes().toString('hex')),
          calm.map((record) => record.bytes().toString('hex')),
        );
      }),
      { numRuns: 75 },
    );
  });
});

/** All that `message_events` holds after the commands were taken through the shipped topology, crash by crash. */
async function run(
  processors: Awaited<ReturnType<typeof loadProcessors>>,
  commands: Send[],
  lives: number[],
  chunk: number,
): Promise<LogRecord[]> {
  const { plans } = loadTopologies('topologies', processors);
  let now = Date.UTC(2026, 0, 1);
  const engine = new TornEngine(codec, () => now, lives);
  await engine.log.declare(topicSpecs(plans!, { partitions: 1, gateways: ['0'] }));
  const plan = plans!.topologies.find((topology) => topology.name === 'messages')!;
  for (const [i, { channel, user, id, wait }] of commands.entries()) {
    now += wait;
    await engine.log.append([sendCommand(channel, user, `${user} ${id}`, id, i)]);
  }
  // Small batches put crash points between records, too.
  const source = plan.nodes.find((node) => node.kind === 'source')!;
  const small = {
    ...plan,
    nodes: plan.nodes.map((node) => (node === source ? { ...source, batch: { size: chunk, within_ms: 0 } } : node)),
  };
  for (;;) {
    const stop = new AbortController();
    const observer = new RuntimeMetrics(new Registry()).observer('messages', pino({ level: 'silent' }));
    const task = new Task(
      { plan: small, partition: 0 },
      { log: engine.log, state: engine.state, units: engine, search: {} as SearchIndex, clock: systemClock, codec },
      observer,
    );
    const running = task.run(stop.signal).then(
      () => 'stopped' as const,
      (error: unknown) => {
        if (error instanceof Crash) return 'crashed' as const;
        throw error;
      },
    );
    const end = await Promise.race([running, drained(engine, commands.length)]);
    stop.abort();
    if ((end === 'drained' ? await running : end) !== 'crashed') break;
    engine.restart();
  }
  const { end } = await engine.log.bounds('message_events', 0);
  return end === 0 ? [] : engine.log.reader('message_events', 0, 0).next(end);
}

async function drained(engine: TornEngine, count: number): Promise<'drained'> {
  for (let i = 0; i < 5000; i++) {
    if ((await engine.offset('messages/commands', 0)) === count) return 'drained';
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('the task made no progress');
}

function check(commands: Send[], events: MessageEvent[]): void {
  const wanted = new Set(commands.map(({ channel, user, id }) => `${channel}/${user}/${id}`));
  const messages = events.map((event) => ({
    channel: event.channel_id,
    rev: event.rev,
    seq: event.seq,
    message: messageOf(event),
  }));
  const made = messages.map(({ channel, message }) => `${channel}/${message.user_id}/${message.client_msg_id}`);
  assert.deepEqual(made.sort(), [...wanted].sort(), 'each client_msg_id made one message');
  for (const channel of new Set(messages.map((entry) => entry.channel))) {
    const own = messages.filter((entry) => entry.channel === channel);
    assert.deepEqual(
      own.map((entry) => entry.rev),
      own.map((_, i) => i + 1),
      'revs count from 1 without a gap',
    );
    assert.deepEqual(
      own.map((entry) => entry.message.seq),
      own.map((_, i) => i + 1),
      'seqs too',
    );
    own.forEach((entry, i) => {
      if (i > 0)
        assert.ok(BigInt(entry.message.message_id) > BigInt(own[i - 1]!.message.message_id), 'ids grow with rev');
    });
  }
  const ids = messages.map((entry) => entry.message.message_id);
  assert.equal(new Set(ids).size, ids.length, 'ids are unique in the partition');
}

function messageOf(event: MessageEvent): Message {
  return (event.body as { MessageChanged: { message: Message } }).MessageChanged.message;
}
