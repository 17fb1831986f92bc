import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, workspace } from './support/person.ts';
import { Server } from './support/server.ts';
import { openSocket } from './support/socket.ts';

describe('the rate limit', () => {
  let server: Server;
  before(async () => {
    server = await Server.start({ MILLRACE_RATE_LIMIT: 'on' });
  });
  after(() => server.stop());

  it('refuses REST calls past a burst with 429 and Retry-After, for that person alone, and for a while', async () => {
    const { person } = workspace(server);
    const [alice, bob] = [await person('alice'), await person('bob')];
    const answers = await Promise.all(Array.from({ length: 600 }, () => alice.get('/v1/unreads')));
    const refused = answers.filter(({ status }) => status === 429);
    assert.ok(refused.length > 50, `${refused.length} refused`);
    assert.ok(answers.filter(({ status }) => status === 200).length >= 195);
    assert.equal(refused[0]!.body.code, 'rate_limited');
    assert.ok(Number(refused[0]!.headers.get('retry-after')) >= 1);
    assert.equal((await bob.get('/v1/unreads')).status, 200);
    await sleep(1100);
    assert.equal((await alice.get('/v1/unreads')).status, 200);
  });

  it('counts what no call takes, and asks it for no token', async () => {
    const alice = await workspace(server).person('alice');
    assert.equal((await call(server, 'GET', '/v1/nothing')).status, 404);
    const strange = [() => alice.get('/v1/nothing'), () => alice.delete('/v1/unreads')];
    const answers = await Promise.all(Array.from({ length: 600 }, (_, i) => strange[i % 2]!()));
    const statuses = new Set(answers.map(({ status }) => status));
    assert.deepEqual([...statuses].sort(), [404, 405, 429]);
  });

  it('counts sockets and REST together, pings not, and closes a socket that goes on with 4429', async () => {
    const { person } = workspace(server);
    const alice = await person('alice');
    const channel = await alice.makes('public', 'general');
    const socket = await alice.socket();
    for (let i = 0; i < 700; i++) socket.send({ type: 'ping' });
    await socket.settled();
    assert.ok(!socket.frames.some(({ type }) => type === 'error'));
    for (let i = 0; i < 300; i++) socket.send({ type: 'read', id: `r${i}`, channel_id: channel, seq: 0 });
    const error = await socket.next('error');
    assert.equal(error.code, 'rate_limited');
    assert.match(error.id ?? '', /^r\d+$/);
    // All at once, and again where a busy machine was so slow that the bucket filled up meanwhile.
    const codes: number[] = [];
    let refused = 0;
    for (let attempt = 0; attempt < 15 && !codes.includes(4429); attempt++) {
      const calls = Array.from({ length: 300 }, () => alice.get('/v1/unreads'));
      const handshakes = Array.from({ length: 40 }, () => openSocket(server, alice.token));
      codes.push(
        ...(await Promise.all(
          handshakes.map((handshake) => Promise.race([handshake.closed, handshake.next('hello').then(() => 0)])),
        )),
      );
      refused += (await Promise.all(calls)).filter(({ status }) => status === 429).length;
      for (const handshake of handshakes) handshake.ws.terminate();
    }
    assert.ok(refused > 0, 'REST calls over the limit');
    assert.ok(codes.includes(4429), 'a handshake over the limit');
    assert.ok(codes.every((code) => code === 4429 || code === 0));
    for (let i = 0; i < 600; i++) socket.send({ type: 'read', channel_id: channel, seq: 0 });
    assert.equal(await socket.closed, 4429);
  });
});

describe('a bound on sockets', () => {
  let server: Server;
  before(async () => {
    server = await Server.start({ MILLRACE_SOCKETS: '2' });
  });
  after(() => server.stop());

  it('sends the next one away with `reconnect` and 1012, and lets it in once another has gone', async () => {
    const { person } = workspace(server);
    const [alice, bob] = [await person('alice'), await person('bob')];
    const first = await alice.socket();
    const second = await bob.socket();
    const refused = openSocket(server, bob.token);
    const { after_ms } = await refused.next('reconnect');
    assert.ok(after_ms >= 1000, `after ${after_ms} ms`);
    assert.equal(await refused.closed, 1012);
    assert.equal(refused.frames.length, 1, 'and no hello');
    await first.close();
    const again = await alice.socket();
    await Promise.all([again.close(), second.close()]);
  });
});
