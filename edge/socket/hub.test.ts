import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import type { Socket } from '../transport/port.ts';
import { Hub } from './hub.ts';

const second = 1000;

/** A hub under a clock that the test moves, with sockets that answer pings or don't. */
function hub() {
  const opened = new Set<Socket>();
  const admission = { identify: () => new Promise(() => undefined) };
  const ports = { context: {}, admission, traceId: () => '' } as unknown as ConstructorParameters<typeof Hub>[0];
  /** How long this process stood still: no timer has run meanwhile. */
  const stood = { ms: 0 };
  const made = new Hub(ports, Number.POSITIVE_INFINITY, () => Date.now() + stood.ms);
  made.start();
  const open = (answers: boolean) => {
    const told = { pings: 0, cutAt: undefined as number | undefined, socket: undefined as unknown as Socket };
    const socket = {
      unsent: () => 0,
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
