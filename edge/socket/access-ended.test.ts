import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PersonEvent } from '../../schemas/generated/types.ts';
import { eventually } from '../../tests/support/eventually.ts';
import type { Socket } from '../transport/port.ts';
import { Hub } from './hub.ts';

const alice = { workspace_id: 'w', user_id: 'alice' };
const told = (body: PersonEvent['body']): PersonEvent => ({ ...alice, body });
const reason = 'your access to this workspace has ended';

/** Alice's socket on a hub whose feeds never come as far as a joining wants. */
async function opened() {
  const feed = { current: { rev: 1, seq: 1 }, reached: () => new Promise(() => undefined), since: () => [] };
  const pinged: string[] = [];
  const context = {
    store: { memberships: async () => [] as { channel_id: string; joined: boolean; rev: number }[] },
    gateway: { acquirePerson: async () => undefined, acquireChannel: async () => feed, release: () => undefined },
    presence: { touch: async () => undefined, leave: async () => undefined },
    watches: { forget: () => undefined },
    tracing: { samples: () => false },
    logger: { error: () => undefined },
  };
  const admission = {
    identify: async () => ({ ...alice, role: 'member', expires: Number.POSITIVE_INFINITY }),
    admit: async () => undefined,
    count: () => void pinged.push('counted'),
  };
  const ports = { context, admission, traceId: () => '' } as unknown as ConstructorParameters<typeof Hub>[0];
  const hub = new Hub(ports, { unsent_bytes: Number.POSITIVE_INFINITY, sockets: Number.POSITIVE_INFINITY });
  const sent: { type: string }[] = [];
  const ends: [code: number, reason: string][] = [];
  const cut = { at: undefined as number | undefined };
  const socket = {
    send: (text: string) => void sent.push(JSON.parse(text) as { type: string }),
    end: (code: number, why: string) => void ends.push([code, why]),
    terminate: () => {
      cut.at = performance.now();
    },
    unsent: () => 0,
  } as unknown as Socket;
  hub.open(socket, { authorization: 'Bearer x', protocols: [], query: '' });
  await eventually(() => assert.equal(sent[0]?.type, 'hello'));
  return { hub, socket, context, sent, ends, cut, pinged };
}

it('an access that ends closes the socket at once, past what waits, and takes nothing more of it', async () => {
  const { hub, socket, context, sent, ends, cut, pinged } = await opened();
  context.store.memberships = async () => [{ channel_id: 'c', joined: true, rev: 9 }];
  hub.person(told({ MembershipChanged: { channel_id: 'c', joined: true, rev: 9, seq: 0, change_id: 0 } }));
  await sleep(10);
  const ended = performance.now();
  hub.person(told({ AccessEnded: { reason } }));
  await eventually(() => assert.deepEqual(ends, [[4403, reason]]));
  assert.ok(performance.now() - ended < 1000);
  const counted = pinged.length;
  hub.message(socket, Buffer.from('{"type":"ping"}'), false);
  await sleep(10);
  assert.equal(pinged.length, counted, 'the frame is not even counted');
  assert.ok(!sent.some(({ type }) => type === 'pong'));
  // A client that does not answer the close frame is cut off all the same.
  await eventually(() => assert.ok(cut.at !== undefined));
});

it('a reason of many bytes fits into a close frame, and does not break in the middle of a character', async () => {
  const { hub, ends } = await opened();
  hub.person(told({ AccessEnded: { reason: '’'.repeat(200) } }));
  await eventually(() => assert.equal(ends.length, 1));
  assert.equal(ends[0]![1], '’'.repeat(41));
});
