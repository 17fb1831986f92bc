import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Answer, call, type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';

describe('errors and open pages', () => {
  let server: Server;
  let alice: Person;
  let authorization: string;
  before(async () => {
    server = await Server.start();
    alice = await workspace(server).person('alice');
    authorization = `Bearer ${alice.token}`;
  });
  after(() => server.stop());

  function isProblem({ status, headers, body }: Answer, wanted: number, code: string): void {
    assert.equal(status, wanted, JSON.stringify(body));
    assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/);
    assert.equal(body.status, wanted);
    assert.equal(body.code, code);
    for (const field of ['type', 'title', 'detail'] as const) assert.equal(typeof body[field], 'string');
  }

  it('are problems of RFC 9457 with a code', async () => {
    isProblem(await call(server, 'GET', '/v1/unreads'), 401, 'unauthenticated');
    isProblem(await alice.get('/v1/nothing'), 404, 'not_found');
    isProblem(await alice.get('/v1/channels/none'), 404, 'not_found');
    isProblem(await alice.get('/v1/users/none'), 404, 'not_found');
    isProblem(await alice.post('/v1/messages', {}), 400, 'invalid_request');
    isProblem(await alice.post('/v1/imports', { nonsense: true }), 403, 'forbidden');
  });

  it('name the field and the reason in a 400', async () => {
    const post = (body: string | Blob, path = '/v1/messages') =>
      call(server, 'POST', path, { authorization, 'content-type': 'application/json' }, body);
    const cases: [Answer, RegExp][] = [
      [await post(''), /body/],
      [await post('{'), /body/],
      [await post('[]'), /body/],
      [await post('null'), /body/],
      [
        await post(new Blob(['{"channel_id":"c","text":"', Buffer.of(0xff), '","client_msg_id":"b"}'])),
        /^body: .*UTF-8/,
      ],
      [await post('{"channel_id":1,"text":"a","client_msg_id":"b"}'), /channel_id/],
      [await post('{"type":"public","name":"a","members":[1]}', '/v1/channels'), /members/],
      [await post('{"type":"public","name":"a","members":"bob"}', '/v1/channels'), /members/],
      [await alice.get('/v1/channels?member=perhaps'), /member/],
      [await alice.get('/v1/channels?cursor=nonsense'), /cursor/],
      [await alice.get('/v1/users?cursor=nonsense'), /cursor/],
      [await alice.patch('/v1/channels/x', { archived: 'yes' }), /archived/],
      [await alice.post('/v1/devices', { platform: 'fcm', token: 'a/b c' }), /^token: expected .*A-Za-z0-9/],
    ];
    for (const [answer, detail] of cases) {
      isProblem(answer, 400, 'invalid_request');
      assert.match(answer.body.detail, detail);
    }
  });

  it('ask for the role before they look at the body of an import', async () => {
    const send = (body: string) => call(server, 'POST', '/v1/imports', { authorization }, body);
    for (const body of ['', '{', '[]', '{"items":[]}', 'x'.repeat(5 * 1024 * 1024)])
      isProblem(await send(body), 403, 'forbidden');
  });

  it('quote nothing private of a body that is no JSON', async () => {
    const answer = await call(server, 'POST', '/v1/messages', { authorization }, '{"text":"hush hush');
    assert.doesNotMatch(JSON.stringify(answer.body), /hush/);
  });

  it('are 405 with Allow for a method that a path does not take', async () => {
    const answer = await alice.delete('/v1/unreads');
    isProblem(answer, 405, 'invalid_request');
    assert.match(answer.headers.get('allow') ?? '', /GET/);
  });

  it('are 413 for a body past the bound, and the next call works', async () => {
    const big = JSON.stringify({ channel_id: 'x', client_msg_id: 'x', text: 'x'.repeat(5 * 1024 * 1024) });
    isProblem(await call(server, 'POST', '/v1/messages', { authorization }, big), 413, 'too_large');
    assert.equal((await alice.get('/v1/unreads')).status, 200);
  });

  it('are no 500 for odd paths, ids and headers', async () => {
    const odd = [
      '/v1/channels/%00',
      '/v1/channels/%E0%A4%A',
      '/v1/channels/%2e%2e%2f',
      `/v1/channels/${'x'.repeat(500)}`,
      `/v1/channels/${'%F0%9F%98%80'.repeat(40)}`,
      '/v1/channels//messages',
      '/v1/users/__proto__',
      '/v1/channels/constructor/members',
      '/v1/users?prefix=%25_%5C%27%22',
      '/v1/channels?cursor=',
      '/v1/search?q=%ff',
      '/v1/socket',
      '//v1/unreads',
    ];
    for (const path of odd) {
      const { status } = await alice.get(path);
      assert.ok([200, 400, 404].includes(status), `${status} for ${path}`);
    }
    for (const header of ['Bearer', 'Bearer ', 'Basic YTpi', 'Bearer a.b.c', 'bearer  x y'])
      assert.equal((await call(server, 'GET', '/v1/unreads', { authorization: header })).status, 401, header);
  });

  it('name no token of a phone too long for a path that was not too long for a body', async () => {
    for (const length of [1, 600, 601, 4096]) {
      const token = ':/=+'.padEnd(length, 'x').slice(0, length);
      assert.equal((await alice.post('/v1/devices', { platform: 'fcm', token })).status, 201);
      assert.equal((await alice.delete(`/v1/devices/${encodeURIComponent(token)}`)).status, 204, `${length}`);
    }
    const { devices } = (await alice.get('/v1/devices')).body as unknown as { devices: object[] };
    assert.deepEqual(devices, []);
    assert.equal((await alice.delete(`/v1/devices/${'x'.repeat(4097)}`)).status, 400);
  });

  it('open pages need no token', async () => {
    assert.equal((await call(server, 'GET', '/healthz')).status, 200);
    assert.equal((await call(server, 'GET', '/readyz')).status, 200);
    const metrics = await call(server, 'GET', '/metrics');
    assert.equal(metrics.status, 200);
    assert.match(metrics.headers.get('content-type') ?? '', /text\/plain/);
    assert.match(metrics.body as unknown as string, /^millrace_sockets \d+$/m);
  });

  it('the descriptions tell of every call and frame of the contract', async () => {
    const openapi = (await call(server, 'GET', '/v1/openapi.json')).body as unknown as {
      openapi: string;
      paths: { [path: string]: { [method: string]: { responses: object } } };
    };
    assert.match(openapi.openapi, /^3\./);
    const calls = [
      'post /v1/messages',
      'get /v1/channels/{channel_id}/messages',
      'patch /v1/channels/{channel_id}/messages/{message_id}',
      'delete /v1/channels/{channel_id}/messages/{message_id}',
      'put /v1/channels/{channel_id}/messages/{message_id}/reactions/{emoji}',
      'delete /v1/channels/{channel_id}/messages/{message_id}/reactions/{emoji}',
      'get /v1/channels/{channel_id}/messages/{message_id}/thread',
      'post /v1/channels',
      'get /v1/channels',
      'get /v1/channels/{channel_id}',
      'patch /v1/channels/{channel_id}',
      'get /v1/channels/{channel_id}/members',
      'put /v1/channels/{channel_id}/members/{user_id}',
      'delete /v1/channels/{channel_id}/members/{user_id}',
      'get /v1/unreads',
      'put /v1/channels/{channel_id}/read',
      'get /v1/search',
      'get /v1/presence',
      'put /v1/presence',
      'get /v1/users/{user_id}',
      'get /v1/users',
      'post /v1/devices',
      'delete /v1/devices/{token}',
      'put /v1/channels/{channel_id}/notifications',
      'post /v1/imports',
    ];
    for (const one of calls) {
      const [method, path] = one.split(' ') as [string, string];
      assert.ok(openapi.paths[path]?.[method], one);
    }
    const asyncapi = await call(server, 'GET', '/v1/asyncapi.json');
    assert.equal(asyncapi.status, 200);
    const text = JSON.stringify(asyncapi.body);
    const frames = ['resume', 'send', 'edit', 'delete', 'react', 'unreact', 'read', 'typing', 'presence.set'];
    const more = ['presence.watch', 'auth', 'ping', 'hello', 'event', 'ack', 'resumed', 'channel.added', 'reconnect'];
    for (const type of [...frames, ...more]) assert.ok(text.includes(`"${type}"`), type);
  });

  it('people are found by id and by the beginning of a name, in one’s own workspace', async () => {
    const { person } = workspace(server, alice.workspace);
    await person('u1', undefined, { name: 'Zoë Long' });
    await person('u2', 'guest', { name: 'Zoran' });
    const { body } = await alice.get('/v1/users/u1');
    assert.equal(body.user.user_id, 'u1');
    assert.equal(body.user.name, 'Zoë Long');
    const found = (await alice.get('/v1/users?prefix=zo')).body.users.map(({ user_id }) => user_id);
    assert.deepEqual(found.sort(), ['u1', 'u2']);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const path: string = `/v1/users?limit=1${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
      const page: Answer = await alice.get(path);
      seen.push(...page.body.users.map(({ user_id }) => user_id));
      cursor = page.body.next_cursor;
    } while (cursor !== null);
    assert.deepEqual(seen.sort(), ['alice', 'u1', 'u2']);
  });
});
