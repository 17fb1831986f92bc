import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { call, token, workspace } from './support/person.ts';
import { Server } from './support/server.ts';
import { openSocket } from './support/socket.ts';

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

describe('who one is', () => {
  let server: Server;
  before(async () => {
    server = await Server.start();
  });
  after(() => server.stop());

  const bad: [string, () => Promise<string | undefined>][] = [
    ['no token', async () => undefined],
    ['no token at all but a word', async () => 'nonsense'],
    [
      'a foreign signature',
      () => token({ sub: 'a', workspace_id: 'w' }, 'another secret, of more than 32 bytes as well'),
    ],
    ['an expired one', () => token({ sub: 'a', workspace_id: 'w', exp: inSeconds(-5) })],
    ['one without exp', () => token({ sub: 'a', workspace_id: 'w', exp: undefined })],
    ['one without sub', () => token({ workspace_id: 'w' })],
    ['one without workspace_id', () => token({ sub: 'a' })],
    ['one with an unknown role', () => token({ sub: 'a', workspace_id: 'w', role: 'king' })],
    [
      'an unsigned one',
      async () => {
        const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
        return `${part({ alg: 'none' })}.${part({ sub: 'a', workspace_id: 'w', exp: inSeconds(60) })}.`;
      },
    ],
  ];

  for (const [name, make] of bad) {
    it(`refuses ${name} with 401, and a socket with 4401`, async () => {
      const signed = await make();
      const answer = await call(server, 'GET', '/v1/unreads', signed ? { authorization: `Bearer ${signed}` } : {});
      assert.equal(answer.status, 401);
      assert.equal(answer.body.code, 'unauthenticated');
      assert.match(answer.headers.get('content-type') ?? '', /application\/problem\+json/);
      assert.equal(await openSocket(server, signed).closed, 4401);
    });
  }

  it('takes no token from the query string', async () => {
    const signed = await token({ sub: 'a', workspace_id: 'w' });
    assert.equal((await call(server, 'GET', `/v1/unreads?token=${signed}&access_token=${signed}`)).status, 401);
  });

  it('takes a browser’s token from the subprotocols, and answers with millrace.v1 alone', async () => {
    const signed = await token({ sub: 'a', workspace_id: 'w' });
    const socket = openSocket(server, undefined, ['millrace.v1', `bearer.${signed}`]);
    const hello = await socket.next('hello');
    assert.equal(hello.user_id, 'a');
    assert.equal(hello.workspace_id, 'w');
    assert.equal(socket.ws.protocol, 'millrace.v1');
    await socket.close();
  });

  it('is a member where the role is absent', async () => {
    const { person } = workspace(server);
    const alice = await person('alice', undefined, { name: 'Alice' });
    const { body } = await alice.get('/v1/users/alice');
    assert.equal(body.user.role, 'member');
    assert.equal(body.user.name, 'Alice');
  });

  it('takes the same sub in two workspaces for two people', async () => {
    const one = await workspace(server).person('alice');
    const other = await workspace(server).person('alice');
    const channel = await one.makes('public', 'general');
    await one.say(channel, 'mine');
    assert.equal((await other.get(`/v1/channels/${channel}`)).status, 404);
    assert.equal((await other.get(`/v1/channels/${channel}/messages`)).status, 404);
    assert.equal((await other.get('/v1/search?q=mine')).body.total, 0);
    assert.deepEqual((await other.get('/v1/channels')).body.channels, []);
    // And the name is free there.
    assert.equal((await other.post('/v1/channels', { name: 'general', type: 'public' })).status, 201);
  });

  it('closes the socket of a token that expires with 4401', async () => {
    const signed = await token({ sub: 'a', workspace_id: 'w', exp: inSeconds(2) });
    const socket = openSocket(server, signed);
    await socket.next('hello');
    const began = Date.now();
    assert.equal(await socket.closed, 4401);
    assert.ok(Date.now() - began < 6000, 'closed within a few seconds of its end');
  });

  it('extends a socket by an auth frame of the same person, and only of them', async () => {
    const socket = openSocket(server, await token({ sub: 'a', workspace_id: 'w', exp: inSeconds(2) }));
    await socket.next('hello');
    const foreign = await socket.ask({ type: 'auth', token: await token({ sub: 'b', workspace_id: 'w' }) });
    assert.equal(foreign.type, 'error');
    assert.equal(foreign.code, 'forbidden');
    const elsewhere = await socket.ask({ type: 'auth', token: await token({ sub: 'a', workspace_id: 'v' }) });
    assert.equal(elsewhere.code, 'forbidden');
    const bad = await socket.ask({ type: 'auth', token: 'nonsense' });
    assert.equal(bad.type, 'error');
    assert.equal(bad.code, 'unauthenticated');
    const good = await socket.ask({ type: 'auth', token: await token({ sub: 'a', workspace_id: 'w' }) });
    assert.equal(good.type, 'ack');
    const early = await Promise.race([socket.closed, new Promise((resolve) => setTimeout(resolve, 3500, 'open'))]);
    assert.equal(early, 'open');
    await socket.close();
  });
});

describe('closed provisioning', () => {
  let server: Server;
  before(async () => {
    server = await Server.start({ MILLRACE_PROVISIONING: 'closed' });
  });
  after(() => server.stop());

  it('refuses unknown people with 403, and their sockets with 4403', async () => {
    const signed = await token({ sub: 'nobody', workspace_id: 'nowhere' });
    const answer = await call(server, 'GET', '/v1/unreads', { authorization: `Bearer ${signed}` });
    assert.equal(answer.status, 403);
    assert.equal(answer.body.code, 'forbidden');
    assert.equal(await openSocket(server, signed).closed, 4403);
  });
});
