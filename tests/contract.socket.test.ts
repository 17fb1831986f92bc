import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';
import { openSocket } from './support/socket.ts';

describe('the socket', () => {
  let server: Server;
  let alice: Person;
  let bob: Person;
  let channel: string;
  before(async () => {
    server = await Server.start();
    const { person } = workspace(server);
    alice = await person('alice');
    bob = await person('bob');
    channel = await alice.makes('public', 'general', [bob]);
  });
  after(() => server.stop());

  it('says hello first, with every channel and its head, also to one that speaks at once', async () => {
    const socket = openSocket(server, alice.token);
    socket.ws.on('open', () => {
      socket.send({ type: 'ping', id: 'eager' });
      socket.send({ type: 'resume', id: 'resume', channels: { [channel]: 0 } });
    });
    const hello = await socket.next('hello');
    assert.equal(socket.frames[0], hello);
    assert.equal(hello.user_id, 'alice');
    assert.equal(hello.workspace_id, alice.workspace);
    assert.equal(hello.heartbeat_ms, 10_000);
    assert.equal(typeof hello.connection_id, 'string');
    const { head } = (await alice.get(`/v1/channels/${channel}`)).body.channel;
    assert.deepEqual(
      hello.channels.find(({ channel_id }) => channel_id === channel),
      { channel_id: channel, head },
    );
    const pong = await socket.next('pong');
    assert.equal(pong.id, 'eager');
    const resumed = await socket.next('resumed');
    assert.equal(resumed.channels[channel]!.status, 'caught_up');
    await socket.close();
  });

  it('refuses half of a surrogate pair in what is kept, and in an id of its own answers by it', async () => {
    const socket = await alice.socket();
    const send = { type: 'send', channel_id: channel, text: 'x' };
    const error = await socket.ask({ ...send, client_msg_id: '\ud800' });
    assert.deepEqual([error.type, error.code], ['error', 'invalid_request']);
    assert.match(error.detail, /^client_msg_id: /);
    socket.send({ type: 'ping', id: '\udc01' });
    assert.equal((await socket.next('pong')).id, '\udc01');
    await socket.close();
  });

  it('takes each kind of change, answers by id, and both sides hear the event', async () => {
    const [hers, his] = [await alice.socket(), await bob.socket()];
    const sent = await hers.ask({ type: 'send', channel_id: channel, text: 'one', client_msg_id: 's1' });
    assert.equal(sent.type, 'ack');
    const { message_id } = sent.message;
    for (const socket of [hers, his]) {
      const { event, rev, channel_id } = await socket.event('message.created');
      assert.deepEqual(event.message, sent.message);
      assert.equal(rev, sent.message.rev);
      assert.equal(channel_id, channel);
    }
    const repeat = await hers.ask({ type: 'send', channel_id: channel, text: 'one', client_msg_id: 's1' });
    assert.deepEqual(repeat.message, sent.message);
    const steps: [object, string, (message: typeof sent.message) => boolean][] = [
      [{ type: 'edit', text: 'two' }, 'message.edited', ({ text }) => text === 'two'],
      [{ type: 'react', emoji: '👍' }, 'reaction.added', ({ reactions }) => reactions['👍']?.[0] === 'alice'],
      [{ type: 'unreact', emoji: '👍' }, 'reaction.removed', ({ reactions }) => reactions['👍'] === undefined],
      [{ type: 'delete' }, 'message.deleted', ({ deleted, text }) => deleted && text === ''],
    ];
    let rev = sent.message.rev;
    for (const [frame, kind, holds] of steps) {
      const acked = await hers.ask({ ...frame, channel_id: channel, message_id });
      assert.equal(acked.type, 'ack', JSON.stringify(acked));
      assert.ok(holds(acked.message), kind);
      for (const socket of [hers, his]) {
        const heard = await socket.event();
        assert.equal(heard.event.kind, kind);
        assert.equal(heard.rev, rev + 1);
        assert.deepEqual(heard.event.message, acked.message);
      }
      rev++;
    }
    await hers.close();
    await his.close();
  });

  it('hears of REST’s changes as of its own', async () => {
    const socket = await bob.socket();
    const said = await alice.say(channel, 'by REST');
    assert.deepEqual((await socket.event()).event.message, said);
    await socket.close();
  });

  it('keeps what one socket sends to one channel in order', async () => {
    const [hers, his] = [await alice.socket(), await bob.socket()];
    const texts = Array.from({ length: 150 }, (_, i) => `ordered ${i}`);
    for (const text of texts) hers.send({ type: 'send', channel_id: channel, text, client_msg_id: text });
    await his.next((frame) => frame.type === 'event' && frame.event.message?.text === texts.at(-1));
    assert.deepEqual(
      his.events(channel).map(({ event }) => event.message.text),
      texts,
    );
    await hers.close();
    await his.close();
  });

  it('gives every listener the same events in the same order', async () => {
    const sockets = [await alice.socket(), await bob.socket(), await alice.socket()];
    await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        sockets[i % 3]!.ask({ type: 'send', channel_id: channel, text: `${i}`, client_msg_id: randomUUID() }),
      ),
    );
    const last = (await alice.get(`/v1/channels/${channel}`)).body.channel.head.rev;
    for (const socket of sockets) await socket.next((frame) => frame.type === 'event' && frame.rev === last);
    const heard = sockets.map((socket) => socket.events(channel));
    assert.deepEqual(heard[0], heard[1]);
    assert.deepEqual(heard[0], heard[2]);
    const revs = heard[0]!.map(({ rev }) => rev);
    assert.deepEqual(
      revs,
      revs.map((_, i) => revs[0]! + i),
    );
    await Promise.all(sockets.map((socket) => socket.close()));
  });

  it('answers a bad frame with an error of the same id and REST’s code, and stays open', async () => {
    const socket = await alice.socket();
    const send = { type: 'send', channel_id: channel, text: 'x', client_msg_id: 'bad' };
    const cases: [object, string, RegExp][] = [
      [{ type: 'nonsense' }, 'invalid_request', /type/],
      [{}, 'invalid_request', /type/],
      [{ ...send, text: '' }, 'invalid_request', /text/],
      [{ ...send, text: undefined }, 'invalid_request', /text/],
      [{ ...send, text: 'a\0' }, 'invalid_request', /text/],
      [{ ...send, client_msg_id: 7 }, 'invalid_request', /client_msg_id/],
      [{ ...send, channel_id: 'nowhere' }, 'not_found', /channel/],
      [{ ...send, thread_id: '12345' }, 'not_found', /thread_id/],
      [{ type: 'edit', channel_id: channel, message_id: '12345', text: 'x' }, 'not_found', /message_id/],
      [{ type: 'react', channel_id: channel, message_id: '12345', emoji: '' }, 'invalid_request', /emoji/],
      [{ type: 'read', channel_id: channel, seq: -1 }, 'invalid_request', /seq/],
      [{ type: 'read', channel_id: channel, seq: 'x' }, 'invalid_request', /seq/],
      [{ type: 'resume', channels: { [channel]: -1 } }, 'invalid_request', /channels/],
      [{ type: 'resume', channels: [] }, 'invalid_request', /channels/],
      [{ type: 'resume' }, 'invalid_request', /channels/],
      [{ type: 'auth' }, 'invalid_request', /token/],
    ];
    for (const [frame, code, detail] of cases) {
      const answer = await socket.ask(frame);
      assert.equal(answer.type, 'error', JSON.stringify(frame));
      assert.equal(answer.code, code, JSON.stringify(frame));
      assert.match(answer.detail, detail);
    }
    // Without an id the error has none.
    socket.send({ type: 'nonsense' });
    const error = await socket.next((frame) => frame.type === 'error' && frame.id === undefined);
    assert.equal(error.code, 'invalid_request');
    await socket.settled();
    await socket.close();
  });

  it('takes any string for an id, in a refusal, too', async () => {
    const socket = await alice.socket();
    for (const id of ['', ' ', '\0', '😀'.repeat(5000), 'x'.repeat(60_000)]) {
      socket.send({ type: 'ping', id });
      assert.equal((await socket.next((frame) => frame.id === id)).type, 'pong');
      socket.send({ type: 'nonsense', id });
      assert.equal((await socket.next((frame) => frame.id === id)).code, 'invalid_request');
    }
    await socket.close();
  });

  const broken: [string, string | Buffer][] = [
    ['no JSON', 'hello'],
    ['a list', '[]'],
    ['a string', '"ping"'],
    ['null', 'null'],
    ['an empty frame', ''],
    ['a binary frame', Buffer.from('{"type":"ping"}')],
  ];
  for (const [name, data] of broken) {
    it(`closes with 4400 for ${name}`, async () => {
      const socket = await alice.socket();
      socket.ws.send(data);
      assert.equal(await socket.closed, 4400);
    });
  }

  it('is closed by its transport for text that is no UTF-8', async () => {
    const socket = await alice.socket();
    socket.ws.send(Buffer.from('{"type":"ping","id":"\xff"}', 'latin1'), { binary: false });
    assert.ok([1006, 1007].includes(await socket.closed));
  });

  it('takes frames up to 64 KiB, and closes with 1009 above', async () => {
    const socket = await alice.socket();
    const frame = (bytes: number): string => {
      const rest = JSON.stringify({ type: 'ping', id: 'big', pad: '' }).length;
      return JSON.stringify({ type: 'ping', id: 'big', pad: 'x'.repeat(bytes - rest) });
    };
    socket.ws.send(frame(65_536));
    assert.equal((await socket.next('pong')).id, 'big');
    socket.ws.send(frame(65_537));
    assert.equal(await socket.closed, 1009);
    const cut = await alice.socket();
    cut.ws.send('x'.repeat(2 * 1024 * 1024));
    assert.ok([1006, 1009].includes(await cut.closed));
  });

  it('answers control pings', async () => {
    const socket = await alice.socket();
    const pong = new Promise((resolve) => socket.ws.once('pong', resolve));
    socket.ws.ping('abc');
    await pong;
    await socket.close();
  });

  it('tells clients to come back and closes with 1012 when the server stops', async () => {
    const draining = await Server.start();
    try {
      const someone = await workspace(draining).person('alice');
      const socket = await someone.socket();
      const channel = await someone.makes('public', 'general');
      // So that each call has its connection already.
      await Promise.all(Array.from({ length: 20 }, () => someone.get('/v1/unreads')));
      const said = Promise.all(Array.from({ length: 20 }, (_, i) => someone.say(channel, `in flight ${i}`)));
      await socket.event('message.created');
      const ended = draining.terminate();
      assert.equal(typeof (await socket.next('reconnect')).after_ms, 'number');
      assert.equal(await socket.closed, 1012);
      assert.equal(await ended, 0);
      assert.equal((await said).length, 20, 'calls under way are answered');
    } finally {
      await draining.stop();
    }
  });
});
