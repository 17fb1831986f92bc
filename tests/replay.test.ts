import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { adminCall } from '../cli/admin-client.ts';
import type { ReplayLine } from '../server/replay/run-replay.ts';
import { eventually } from './support/eventually.ts';
import { type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';

const old = 3000;

describe('the search index, rebuilt while messages arrive', () => {
  let server: Server;
  let person: Person;
  const sent: string[] = [];
  before(async () => {
    server = await Server.start();
    person = await workspace(server).person('admin', 'admin');
    const channel = {
      ...{ type: 'channel', channel_id: 'C1', name: 'imported', channel_type: 'public', creator_id: 'admin' },
      ...{ members: ['admin'], created_at: '2020-01-01T00:00:00Z' },
    };
    await person.post('/v1/imports', { items: [channel] });
    for (let from = 0; from < old; from += 500) {
      const items = Array.from({ length: 500 }, (_, i) => ({
        ...{ type: 'message', channel_id: 'C1', user_id: 'admin', text: `everyone says word${from + i}` },
        client_msg_id: `slack:C1:${from + i}`,
        created_at: new Date(Date.UTC(2020, 0, 2) + (from + i) * 1000).toISOString(),
      }));
      const { status } = await person.post('/v1/imports', { items });
      assert.equal(status, 200);
      for (let i = 0; i < 500; i++) sent.push(`word${from + i}`);
    }
    await eventually(async () => assert.equal(await found('everyone'), old), 20_000);
  });
  after(() => server.stop());

  async function found(query: string): Promise<number> {
    const { status, body } = await person.get(`/v1/search?q=${encodeURIComponent(query)}`);
    assert.equal(status, 200, `search answers ${status}: ${JSON.stringify(body)}`);
    return body.total;
  }

  /** Sends and searches until told to stop: no search may fail, or find fewer than were found before. */
  function traffic(): { stop(): Promise<{ searches: number }> } {
    let going = true;
    const sending = (async () => {
      for (let n = 0; going; n++) {
        const text = `everyone says live${sent.length}x${n}`;
        await person.say('C1', text);
        sent.push(text.split(' ').at(-1)!);
        await sleep(5);
      }
    })();
    const searching = (async () => {
      let searches = 0;
      let least = 0;
      for (; going; searches++) {
        const total = await found('everyone');
        assert.ok(total >= least, `a search found ${total}, and one before it ${least}`);
        least = total;
        await sleep(5);
      }
      return searches;
    })();
    return {
      stop: async () => {
        going = false;
        await sending;
        return { searches: await searching };
      },
    };
  }

  async function replay(rate: number, onLine: (line: ReplayLine) => void = () => undefined): Promise<ReplayLine[]> {
    const body = { options: { from: { kind: 'store' }, rate }, fresh: false };
    const lines: ReplayLine[] = [];
    for await (const line of adminCall(server.folder, 'POST', '/replay/index', body)) {
      lines.push(line as ReplayLine);
      onLine(line as ReplayLine);
    }
    return lines;
  }

  it('fails no search, and misses no message; what a kill interrupts goes on where it was', async () => {
    let killed: Promise<void> | undefined;
    const broken = replay(800, (line) => {
      // Well into it, and after the first note of how far it is.
      if (line.phase === 'store' && line.records >= 1500) killed ??= server.kill();
    });
    await assert.rejects(broken);
    await killed;
    await server.restart();
    const busy = traffic();
    // So slowly that a busy machine, too, searches often meanwhile.
    const lines = await replay(150);
    const { searches } = await busy.stop();
    const [first] = lines;
    assert.equal(first?.phase === 'resume' && first.records > 0, true, JSON.stringify(first));
    assert.ok(searches > 20, `${searches} searches`);
    const last = lines.at(-1)!;
    assert.equal(last.phase === 'done' && last.generation, '2');
    // All that was acknowledged is found in the new index.
    await eventually(async () => assert.equal(await found('everyone'), sent.length));
    for (const word of sent.slice(-50)) assert.equal(await found(word), 1, word);
  });

  it('goes back to the former index, which has all that came since', async () => {
    for await (const line of adminCall(server.folder, 'POST', '/rollback/search'))
      assert.equal((line as { id: string }).id, '1');
    assert.equal(await found('everyone'), sent.length);
    for (const word of sent.slice(-50)) assert.equal(await found(word), 1, word);
  });

  it('is refused for what can not be replayed, and tells why', async () => {
    const ask = async (topology: string, options: object): Promise<string> => {
      try {
        for await (const _ of adminCall(server.folder, 'POST', `/replay/${topology}`, { options, fresh: false }));
        return 'done';
      } catch (error) {
        return (error as Error).message;
      }
    };
    const whole = { from: { kind: 'store' }, rate: 0 };
    assert.match(await ask('messages', whole), /conflict: messages can not be replayed: "sequence" numbers events/);
    assert.match(await ask('memberships', whole), /its sinks are topics, .* --sink/);
    assert.match(await ask('nothing', whole), /not_found: there is no topology "nothing"/);
    assert.match(await ask('index', { ...whole, sinks: ['rows'] }), /it has no sink "rows"; it has search/);
    assert.match(
      await ask('index', { ...whole, partitions: [99] }),
      /invalid_request: partitions: .* has \d+, .* not 99/,
    );
    assert.match(await ask('index', { ...whole, rate: -1 }), /invalid_request: body\.options\.rate/);
    // A part of it goes into what serves.
    assert.equal(
      await ask('index', { from: { kind: 'time', time: 0 }, rate: 0, keys: [`${person.workspace}\0#C1`] }),
      'done',
    );
    assert.equal(await found('everyone'), sent.length);
  });
});
