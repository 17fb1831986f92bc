import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { drive, type Run } from '../runtime/testing/driver.ts';
import type { Given } from '../runtime/testing/given.ts';
import type { ChangeMessage, Message, MessageCommand, MessageEvent } from '../schemas/generated/types.ts';
import { answersAsRead } from './support/as-read.ts';
import { plain, smallPlans } from './support/crashing.ts';

/** What someone does; numbers choose among the messages that there are then. */
type Act =
  | { kind: 'send'; id: string; thread: number | null }
  | { kind: ChangeMessage['change']; message: number; emoji: string }
  | { kind: 'joined' | 'left'; change: number };

interface Step {
  acts: (Act & { channel: string; actor: string })[];
  /** Hours that pass before. */
  hours: number;
  /** The edge reads the store before; else it works with what it has read. */
  read: boolean;
  /** `down`: what comes lies there until the next step, some hours later perhaps. `slowness`: of one commit after another. */
  trouble: { crash: number | null; lost: boolean; restart: boolean; down: boolean; slowness: number[] };
}

const place = { channel: fc.constantFrom('a', 'b'), actor: fc.constantFrom('alice', 'bob') };
const index = fc.nat(20);
const act = fc.oneof(
  fc.record({
    ...place,
    kind: fc.constant('send' as const),
    id: fc.nat(40).map(String),
    thread: fc.option(index),
  }),
  fc.record({
    ...place,
    kind: fc.constantFrom('edit' as const, 'delete' as const, 'react' as const, 'unreact' as const),
    message: index,
    emoji: fc.constantFrom('x', 'y'),
  }),
  fc.record({ ...place, kind: fc.constantFrom('joined' as const, 'left' as const), change: fc.nat(20) }),
);
const step = fc.record({
  acts: fc.array(act, { minLength: 1, maxLength: 30, size: 'max' }),
  hours: fc.constantFrom(0, 0, 0, 1, 11, 25, 49),
  read: fc.boolean(),
  trouble: fc.record({
    crash: fc.option(fc.nat(20)),
    lost: fc.boolean(),
    restart: fc.boolean(),
    down: fc.boolean(),
    slowness: fc.array(fc.nat(5), { minLength: 1, maxLength: 4 }),
  }),
});

const plans = await smallPlans();

function commandOf(act: Step['acts'][number], messages: Message[], request: number): Given | undefined {
  const body = bodyOf(act, messages, request);
  if (!body) return undefined;
  const reply_to = { gateway: '0', epoch: 1, request };
  const value: MessageCommand = {
    workspace_id: 'w',
    channel_id: act.channel,
    actor_id: act.actor,
    reply_to,
    carried: null,
    home: null,
    trace_id: '',
    body,
  };
  return { topic: 'message_commands', schema: 'MessageCommand', value };
}

function bodyOf(act: Act, messages: Message[], request: number): MessageCommand['body'] | undefined {
  const none = { mentions: [], mentions_channel: false };
  if ('change' in act)
    return {
      DirectoryChange: {
        change_id: act.change,
        change: act.kind,
        user_ids: ['eve'],
        change_ids: [],
        channel: null,
        region: null,
      },
    };
  if (act.kind === 'send') {
    const found = act.thread === null ? undefined : messages[act.thread % messages.length];
    const isRoot = found && found.thread_id === null;
    const root = isRoot ? { message_id: found.message_id, seq: found.seq, reply_count: found.reply_count } : null;
    return { SendMessage: { text: `${request}`, client_msg_id: act.id, root, mentions_here: [], ...none } };
  }
  const message = messages[act.message % messages.length];
  return (
    message && {
      ChangeMessage: {
        change: act.kind,
        message,
        text: `${request}`,
        emoji: act.emoji,
        stamp: 0,
        erased: '',
        versions: false,
        reached: [],
        unreached: [],
        ...none,
      },
    }
  );
}

/** All that comes of the steps, with their troubles or without. */
async function outcome(steps: Step[], troubled: boolean): Promise<unknown> {
  let slowness = [0];
  let commits = 0;
  const run = await drive(plans, 'messages', { slowness: () => slowness[commits++ % slowness.length]! });
  let isDown = false;
  let known = new Map<string, { channel: string; message: Message }>();
  let requests = 0;
  for (const { acts, hours, read, trouble } of steps) {
    await run.advance(hours * 3_600_000);
    if (isDown) await run.restart();
    isDown = false;
    if (read) known = readOf(run);
    const of = (channel: string) =>
      [...known.values()].filter((one) => one.channel === channel).map((one) => one.message);
    const given = acts.flatMap((one) => commandOf(one, of(one.channel), ++requests) ?? []);
    if (troubled) {
      slowness = trouble.slowness;
      if (trouble.crash !== null) run.crashAt(trouble.crash);
      run.atCrash = () => void (trouble.lost && run.engine.forgetState());
    }
    isDown = troubled && trouble.down;
    if (isDown) await run.stop();
    await run.give(given);
    if (troubled && trouble.restart && !isDown) await run.restart(trouble.lost ? { forget: 'state' } : {});
  }
  if (isDown) await run.restart();
  await run.settle();
  await run.stop();
  assert.deepEqual(run.journal.failures, []);
  assert.deepEqual(await run.waiting(), []);
  const answers = answersAsRead(run.outputs('answers')).sort((a, b) => a.reply_to.request - b.reply_to.request);
  return plain({ events: run.outputs('events'), answers });
}

/** Each message as its last event has it: what an edge reads from the store. */
function readOf(run: Run): Map<string, { channel: string; message: Message }> {
  const found = new Map<string, { channel: string; message: Message }>();
  for (const { value } of run.outputs('events')) {
    const { body, channel_id } = value as MessageEvent;
    if (!('MessageChanged' in body)) continue;
    const { message } = body.MessageChanged;
    found.set(`${channel_id} ${message.message_id}`, { channel: channel_id, message });
  }
  return found;
}

describe('whatever people do, and wherever processes end while several commits are under way', () => {
  it('the same events come about, and each command has the same answer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        assert.deepEqual(await outcome(steps, true), await outcome(steps, false));
      }),
      { numRuns: 60, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true },
    );
  });
});
