import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import type { Socket } from '../transport/port.ts';
import { Hub } from './hub.ts';

const second = 1000;

/** A hub under a clock that the test moves, with sockets that answer pings or don't. */
function hub(sockets = Number.POSITIVE_INFINITY) {
  const opened = new Set<Socket>();
  const admission = { identify: () => new Promise(() => undefined) };
  const ports = { context: {}, admission, traceId: () => '' } as unknown as ConstructorParameters<typeof Hub>[0];
  /** How long this process stood still: no timer has run meanwhile. */
  const stood = { ms: 0 };
  const made = new Hub(ports, { unsent_bytes: Number.POSITIVE_INFINITY, sockets }, () => Date.now() + stood.ms);
  made.start();
  const open = (answers: boolean) => {
    const told = {
      ...{ pings: 0, cutAt: undefined as number | undefined, socket: undefined as unknown as Socket },
      ...{ sent: [] as string[], ended: undefined as number | undefined },
    };
    const socket = {
      unsent: () => 0,
      send: (frame: string) => void told.sent.push(frame),
      end: (code: number) => {
        told.ended = code;
      },
      ping: () => {
        told.pings++;
        if (answers) made.alive(socket);
      },
      terminate: () => {
        told.cutAt ??= Date.now();
        opened.delete(socket);
        made.closed(socket, 1006);
      },
    } as unknown as Socket;
    told.socket = socket;
    opened.add(socket);
    made.open(socket, { authorization: undefined, protocols: [], query: '' });
    return told;
  };
  return { made, open, stood };
}

describe('heartbeats', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setInterval', 'setTimeout', 'Date'], now: 1_700_000_000_000 }));
  afterEach(() => mock.timers.reset());

  it('reach each socket once in ten seconds, however others come and go', () => {
    const { made, open } = hub();
    // Those that leave stand before, between and behind those that stay.
    const passing = Array.from({ length: 100 }, () => open(true));
    const staying = Array.from({ length: 200 }, () => {
      passing.push(open(true));
      return open(true);
    });
    let seed = 1;
    for (let at = 0; at < 180; at++) {
      for (let n = 0; n < 15; n++) {
        seed = (seed * 48_271) % 2_147_483_647;
        const [left] = passing.splice(seed % passing.length, 1, open(true));
        made.closed(left!.socket, 1000);
      }
      mock.timers.tick(second);
    }
    assert.equal(staying.filter(({ cutAt }) => cutAt !== undefined).length, 0, 'none of them was silent');
    for (const { pings } of staying) assert.ok(pings >= 17 && pings <= 19, `${pings} pings in 180 s`);
  });

  it('are spread: sockets that came at once do not beat at once', () => {
    const { open } = hub();
    const sockets = Array.from({ length: 1000 }, () => open(true));
    const beaten = (): number => sockets.reduce((sum, { pings }) => sum + pings, 0);
    for (let before = 0, at = 0; at < 30; at++, before = beaten()) {
      mock.timers.tick(second);
      assert.ok(beaten() - before < 250, `${beaten() - before} in one second`);
    }
  });

  it('end a socket that is silent for two of them, within a second', () => {
    const { open } = hub();
    const began = Date.now();
    const silent = Array.from({ length: 50 }, () => open(false));
    for (let at = 0; at < 30; at++) mock.timers.tick(second);
    for (const { cutAt } of silent) {
      assert.ok(cutAt !== undefined, 'it is cut');
      assert.ok(cutAt - began >= 20 * second && cutAt - began <= 21 * second, `after ${cutAt - began} ms`);
    }
  });

  it('end nobody for the time in which this process itself stood still', () => {
    const { open, stood } = hub();
    const [alive, silent] = [open(true), open(false)];
    for (let at = 0; at < 15; at++) mock.timers.tick(second);
    stood.ms = 60 * second;
    mock.timers.tick(second);
    assert.deepEqual(
      [alive.cutAt, silent.cutAt],
      [undefined, undefined],
      'what they sent meanwhile is still to be read',
    );
    for (let at = 0; at < 15; at++) mock.timers.tick(second);
    assert.equal(alive.cutAt, undefined);
    assert.ok(silent.cutAt !== undefined, 'who says nothing now either is cut');
  });
});

describe('a gateway with as many sockets as may be', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setInterval', 'setTimeout', 'Date'], now: 1_700_000_000_000 }));
  afterEach(() => mock.timers.reset());

  it('tells who comes to come back, keeps nothing of them, and lets in again once there is room', () => {
    const { made, open } = hub(3);
    const inside = [open(true), open(true), open(true)];
    const refused = [open(true), open(true)];
    for (const { sent, ended } of refused) {
      const [told, ...others] = sent.map((frame) => JSON.parse(frame) as { type: string; after_ms: number });
      assert.deepEqual([told!.type, others.length, ended], ['reconnect', 0, 1012]);
      assert.ok(told!.after_ms >= 1000 && told!.after_ms < 10_000, `after ${told!.after_ms} ms`);
    }
    assert.deepEqual([made.count, made.refused.count], [3, 2]);
    assert.ok(inside.every(({ sent }) => sent.length === 0));
    made.message(refused[0]!.socket, Buffer.from('{"type":"ping"}'), false);
    mock.timers.tick(2 * second);
    assert.ok(
      refused.every(({ cutAt }) => cutAt !== undefined),
      'one that does not go is cut',
    );
    assert.equal(made.count, 3, 'their ends are no one else’s');
    made.closed(inside[0]!.socket, 1000);
    assert.deepEqual([open(true).sent, made.count], [[], 3]);
  });
});
