import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { MessageEvent } from '../../schemas/generated/types.ts';
import { loadProcessors } from '../registry.ts';
import { loadTopologies } from '../topology/load.ts';
import type { Plans } from '../topology/plan.ts';
import { type DriveOptions, drive, type Run } from './driver.ts';
import type { Given } from './given.ts';

const shipped = fileURLToPath(new URL('../../topologies', import.meta.url));

function send(text: string, id = text): Given {
  return {
    topic: 'message_commands',
    schema: 'MessageCommand',
    value: {
      workspace_id: 'w',
      channel_id: 'c',
      actor_id: 'alice',
      reply_to: { gateway: '0', epoch: 1, request: 1 },
      trace_id: '',
      body: {
        SendMessage: {
          text,
          client_msg_id: id,
          root: null,
          mentions: [],
          mentions_channel: false,
          mentions_here: [],
          reached: [],
        },
      },
    },
  };
}

/** The event that a message's sending led to, for the topologies that read events. */
async function eventOf(plans: Plans, text: string): Promise<Given> {
  const run = await drive(plans, 'messages');
  await run.give([send(text)]);
  await run.stop();
  return { topic: 'message_events', schema: 'MessageEvent', value: run.outputs('events')[0]!.value };
}

describe('the test driver', () => {
  let plans: Plans;
  before(async () => {
    plans = loadTopologies(shipped, await loadProcessors()).plans!;
  });

  async function driven(name: string, body: (run: Run) => Promise<void>, options: DriveOptions = {}): Promise<void> {
    const run = await drive(plans, name, options);
    await body(run);
    await run.stop();
  }
  const revs = (run: Run): number[] => run.outputs('events').map(({ value }) => (value as MessageEvent).rev);

  it('takes what it is given at the time of its clock, and shows outputs, states and offsets', () =>
    driven(
      'messages',
      async (run) => {
        await run.give([send('one'), send('two'), send('one')]);
        await run.advance('5s');
        await run.give([send('three')]);
        const times = run.outputs('events').map(({ value }) => (value as MessageEvent).time);
        const start = Date.UTC(2030, 0, 1);
        assert.deepEqual(times, [start, start, start + 5000]);
        assert.deepEqual(revs(run), [1, 2, 3]);
        assert.equal(run.outputs('answers').length, 1);
        assert.equal(run.outputs('rows').length, 3 * 4);
        assert.deepEqual((run.state('sequence', 'heads').get('w\0#c') as number[]).slice(0, 2), [3, 3]);
        assert.equal(run.state('sequence', 'sent').size, 3);
        assert.equal(run.offset('commands'), 4);
        assert.deepEqual(await run.waiting(), []);
      },
      { at: '2030-01-01T00:00:00Z' },
    ));

  it('wakes what waits at its own time, and no earlier', async () => {
    const event = await eventOf(plans, 'hello');
    await driven('index', async (run) => {
      await run.give([event]);
      await run.advance(499);
      assert.deepEqual(run.outputs('search'), []);
      assert.deepEqual(await run.waiting(), [{ source: 'events', next: 0, end: 1 }]);
      await run.advance(1);
      assert.equal(run.outputs('search').length, 1);
    });
  });

  it('moves the clock until all is done, with the pauses that the policy has', async () => {
    const event = await eventOf(plans, 'hello');
    await driven('index', async (run) => {
      run.failNext('search', { times: 3, code: 'unavailable' });
      await run.give([event]);
      const began = run.clock.now();
      await run.settle();
      assert.equal(run.clock.now() - began, 500 + 200 + 400 + 800);
      assert.deepEqual(
        run.journal.retries.map(({ node, attempt }) => [node, attempt]),
        [1, 2, 3].map((attempt) => ['search', attempt]),
      );
      assert.equal(run.outputs('search').length, 1);
      assert.deepEqual(run.planned(), []);
    });
  });

  it('gives up waiting for what does not end, and tells what waits', () =>
    driven('messages', async (run) => {
      run.failNext('sequence', { times: Infinity, code: 'internal', when: { actor_id: 'alice' } });
      await run.give([send('one')]);
      await run.settle();
      assert.deepEqual(await run.waiting(), [{ source: 'commands', next: 0, end: 1 }]);
      assert.deepEqual(run.outputs('events'), []);
    }));

  it('shows dead letters with the record that was given up', async () => {
    const events = [await eventOf(plans, 'good'), await eventOf(plans, 'bad')];
    await driven('index', async (run) => {
      const when = { body: { MessageChanged: { message: { text: 'bad' } } } };
      run.failNext('documents', { times: Infinity, code: 'internal', when });
      await run.give(events);
      await run.settle();
      assert.equal(run.outputs('search').length, 1);
      const [letter, ...more] = run.deadLetters();
      assert.equal(more.length, 0);
      assert.deepEqual(
        [letter!.node, letter!.source, letter!.offset, letter!.code],
        ['documents', 'events', 1, 'internal'],
      );
      assert.deepEqual(letter!.value, events[1]!.value);
    });
  });

  it('begins anew after a crash at any step, on what is left', async () => {
    for (const [before, rows, lives] of [
      ['rows', 4, 2],
      ['append', 8, 2],
      ['state', 4, 2],
      ['documents', 4, 1],
    ] as const) {
      await driven('messages', async (run) => {
        run.crashAt({ before, number: 1 });
        await run.give([send('one')]);
        assert.deepEqual(revs(run), [1], before);
        assert.equal(run.outputs('rows').length, rows, before);
        assert.equal(run.journal.lives, lives, before);
        assert.equal(run.planned().length, before === 'documents' ? 1 : 0);
      });
    }
  });

  it('a task whose commit is refused pauses and begins anew', () =>
    driven('messages', async (run) => {
      run.failNext('events', { times: 2, code: 'unavailable' });
      await run.give([send('one')]);
      assert.equal(run.journal.failures.length, 1);
      await run.advance(100);
      assert.equal(run.journal.failures.length, 2);
      await run.advance(200);
      assert.deepEqual(revs(run), [1]);
      assert.equal(run.journal.lives, 3);
    }));

  it('a new task finds its state, or makes it again where it is lost', () =>
    driven('messages', async (run) => {
      await run.give([send('one')]);
      await run.restart();
      await run.give([send('one'), send('two')]);
      await run.restart({ forget: 'state' });
      await run.give([send('two'), send('three')]);
      assert.deepEqual(revs(run), [1, 2, 3]);
      assert.equal(run.outputs('answers').length, 2);
    }));

  it('refuses a value that does not fit its schema, as a server would', () =>
    driven('read-markers', async (run) => {
      const marker = { epoch: 0, last_read_seq: 'many', last_read_rev: 0, since_rev: 0 };
      const value = { workspace_id: 'w', user_id: 'u', channel_id: 'c', marker, reply_to: null };
      await run.give([{ topic: 'read_commands', schema: 'ReadCommand', value }]);
      assert.match(String(run.journal.failures[0]), /last_read_seq|invalid/);
      assert.deepEqual(run.outputs('events'), []);
    }));
});
