import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { WebSocket } from 'ws';
import { eventually } from './support/eventually.ts';
import { call, type Person, token, workspace } from './support/person.ts';
import { Server } from './support/server.ts';
import { clientOf, refusalOf, slackClient } from './support/slack.ts';
import { TestSocket } from './support/socket.ts';

interface Envelope {
  envelope_id: string;
  retry_attempt: number;
  retry_reason: string;
  payload: { event_id: string; event: { type: string; text?: string; channel: string; ts: string; user: string } };
}

/** What Socket Mode is on the wire, by a client that does as it likes. */
describe('Socket Mode', () => {
  let server: Server;
  let alice: Person;
  let bot: Person;
  let channel: string;
  let names = 0;

  before(async () => {
    server = await Server.start();
    alice = await workspace(server).person('alice', 'admin');
  });
  after(() => server.stop());

  /** An app of its own for each test, in a channel of its own. */
  const newBot = async (): Promise<void> => {
    bot = await workspace(server, alice.workspace).person(`bot${++names}`);
    channel = await alice.makes('public', `channel ${names}`, [bot]);
  };
  const link = async (who: Person = bot): Promise<string> => (await clientOf(who).apps.connections.open()).url!;
  const open = async (url?: string): Promise<TestSocket> => new TestSocket(new WebSocket(url ?? (await link())));
  const opened = async (): Promise<TestSocket> => {
    const socket = await open();
    await socket.next('hello');
    return socket;
  };
  const envelope = async (socket: TestSocket): Promise<Envelope> =>
    (await socket.next('events_api')) as unknown as Envelope;
  const acknowledge = (socket: TestSocket, { envelope_id }: Envelope): void =>
    socket.send({ envelope_id, payload: {} });
  const reasonOf = async (socket: TestSocket): Promise<string> =>
    ((await socket.next('disconnect')) as unknown as { reason: string }).reason;

  it('begins with hello, and sends each event in an envelope of its own', async () => {
    await newBot();
    const socket = await open();
    const hello = (await socket.next('hello')) as unknown as { num_connections: number; connection_info: object };
    assert.equal(hello.num_connections, 1);
    await alice.say(channel, 'one');
    const first = await envelope(socket);
    assert.equal(first.payload.event.text, 'one');
    assert.equal(first.retry_attempt, 0);
    assert.match(first.payload.event.ts, /^\d{10}\.\d{6}$/);
    const { messages } = await clientOf(bot).conversations.history({ channel });
    assert.equal(messages![0]!.ts, first.payload.event.ts);
    acknowledge(socket, first);
    socket.ws.close();
  });

  it('sends again on the next socket what was not acknowledged, and what happened meanwhile', async () => {
    await newBot();
    const first = await opened();
    await alice.say(channel, 'acknowledged');
    acknowledge(first, await envelope(first));
    await alice.say(channel, 'lost');
    const lost = await envelope(first);
    first.ws.terminate();
    await first.closed;
    await alice.say(channel, 'meanwhile');
    const second = await opened();
    const [again, meanwhile] = [await envelope(second), await envelope(second)];
    assert.equal(again.envelope_id, lost.envelope_id);
    assert.equal(again.payload.event_id, lost.payload.event_id);
    assert.deepEqual([again.retry_attempt, again.retry_reason], [1, 'disconnected']);
    assert.equal(meanwhile.payload.event.text, 'meanwhile');
    second.ws.close();
  });

  it('sends nothing of a channel that its app was removed from, not even what waited', async () => {
    await newBot();
    const first = await opened();
    first.ws.terminate();
    await first.closed;
    await alice.say(channel, 'waits');
    await alice.delete(`/v1/channels/${channel}/members/${bot.id}`);
    const other = await alice.makes('public', `other ${names}`, [bot]);
    const second = await opened();
    const { payload } = await envelope(second);
    assert.equal(payload.event.channel, other);
    assert.equal(payload.event.type, 'member_joined_channel');
    second.ws.close();
  });

  it('opens by a ticket alone, once', async () => {
    await newBot();
    const url = await link();
    assert.ok(!url.includes(bot.token));
    const first = await open(url);
    await first.next('hello');
    const second = await open(url);
    assert.equal(await reasonOf(second), 'link_disabled');
    assert.equal(await second.closed, 4401);
    const third = await open(url.replace(/ticket=.*/, 'ticket=made.up'));
    assert.equal(await third.closed, 4401);
    first.ws.close();
  });

  it('has at most ten sockets for an app', async () => {
    await newBot();
    const sockets = await Promise.all(Array.from({ length: 10 }, opened));
    assert.equal(await refusalOf(clientOf(bot).apps.connections.open()), 'too_many_websockets');
    sockets[0]!.ws.close();
    await eventually(async () => assert.equal(await refusalOf(clientOf(bot).apps.connections.open()), 'ok'));
    for (const { ws } of sockets) ws.close();
  });

  it('ends with the app’s access, and lets it in no more', async () => {
    await newBot();
    const socket = await opened();
    await alice.patch(`/v1/users/${bot.id}`, { deactivated: true });
    assert.equal(await reasonOf(socket), 'link_disabled');
    assert.equal(await socket.closed, 4403);
    assert.equal(await refusalOf(clientOf(bot).apps.connections.open()), 'account_inactive');
  });

  it('ends with the token', async () => {
    await newBot();
    const exp = Math.floor(Date.now() / 1000) + 3;
    const short = await token({ sub: bot.id, workspace_id: alice.workspace, exp });
    const { url } = await slackClient(server, short).apps.connections.open();
    const socket = await open(url);
    await socket.next('hello');
    assert.equal(await reasonOf(socket), 'refresh_requested');
    assert.equal(await socket.closed, 4401);
    assert.equal(await refusalOf(slackClient(server, short).apps.connections.open()), 'invalid_auth');
  });

  it('closes a socket that sends what is no answer', async () => {
    await newBot();
    const [binary, long, odd] = [await opened(), await opened(), await opened()];
    binary.ws.send(Buffer.from('x'), { binary: true });
    assert.equal(await binary.closed, 4400);
    long.ws.send('x'.repeat(70_000));
    assert.equal(await long.closed, 1009);
    // What it does not know it passes over.
    odd.ws.send('{"envelope_id":7}');
    odd.ws.send('nonsense');
    await alice.say(channel, 'still here');
    assert.equal((await envelope(odd)).payload.event.text, 'still here');
    for (let i = 0; i < 500; i++) odd.send({ envelope_id: String(i) });
    assert.equal(await odd.closed, 4429);
  });

  it('gives an address that fits how it was asked', async () => {
    await newBot();
    const headers = { authorization: `Bearer ${bot.token}`, 'x-forwarded-proto': 'https' };
    const { body } = await call(server, 'POST', '/api/apps.connections.open', headers);
    assert.match((body as unknown as { url: string }).url, /^wss:\/\/127\.0\.0\.1:\d+\/slack\/link\?ticket=/);
  });

  it('asks all to come back when the server stops', async () => {
    await newBot();
    const socket = await opened();
    const stopped = server.terminate();
    assert.equal(await reasonOf(socket), 'refresh_requested');
    assert.equal(await socket.closed, 1012);
    await stopped;
  });
});
