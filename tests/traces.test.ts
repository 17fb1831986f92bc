import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Collector } from './support/collector.ts';
import { eventually } from './support/eventually.ts';
import { type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';

const secretText = 'what nobody else may read';

/** name of each span → name of its parent. */
function shape(collector: Collector, traceId: string): { [name: string]: string | undefined } {
  const spans = collector.of(traceId);
  const names = new Map(spans.map(({ spanId, name }) => [spanId, name]));
  assert.equal(names.size, spans.length, 'each span has an id of its own');
  return Object.fromEntries(
    spans.map(({ name, parentSpanId }) => [name, parentSpanId && (names.get(parentSpanId) ?? parentSpanId)]),
  );
}

interface Traced {
  collector: Collector;
  server: Server;
  a: Person;
  channel: string;
  stop(): Promise<void>;
}

/** A server whose spans come to a collector, and someone in a channel. */
async function tracedServer(sample: string): Promise<Traced> {
  const collector = await Collector.start();
  const server = await Server.start({ MILLRACE_OTLP_URL: collector.url, MILLRACE_TRACE_SAMPLE: sample });
  const a = await workspace(server).person('a');
  const channel = await a.makes('public', 'all');
  const stop = async (): Promise<void> => {
    await server.stop();
    collector.stop();
  };
  return { collector, server, a, channel, stop };
}

/** What follows from a command, whatever it came by. */
const pipeline = {
  'process message_commands': 'send message_commands',
  'send message_events': 'process message_commands',
  'process message_events': 'send message_events',
  'send gateway_0': 'process message_events',
  'publish to sockets': 'send gateway_0',
};

describe('traces, where every one is sampled', () => {
  let traced: Traced;
  before(async () => {
    traced = await tracedServer('1');
  });
  after(() => traced?.stop());

  it('go from a call to the sockets, under one id', async () => {
    const { collector, a, channel } = traced;
    const socket = await a.socket();
    const { headers } = await a.post('/v1/messages', { channel_id: channel, text: secretText, client_msg_id: '1' });
    const traceId = headers.get('x-trace-id')!;
    await eventually(() => {
      const { 'process message_events': _, ...found } = shape(collector, traceId);
      const { 'process message_events': __, ...wanted } = pipeline;
      assert.deepEqual(found, {
        'POST /v1/messages': undefined,
        'send message_commands': 'POST /v1/messages',
        ...wanted,
      });
      const read = collector.of(traceId).filter(({ name }) => name === 'process message_events');
      const topologies = read.map(({ attributes }) => attributes['millrace.topology']);
      assert.deepEqual(topologies.sort(), ['fan-out', 'index', 'memberships', 'push']);
    });
    const spans = collector.of(traceId);
    const readers = spans.filter(({ name }) => name === 'process message_events');
    const sent = spans.find(({ name }) => name === 'send message_events')!;
    for (const reader of readers) assert.equal(reader.parentSpanId, sent.spanId);
    const [root] = spans.filter(({ name }) => name === 'POST /v1/messages');
    assert.equal(root!.attributes['http.route'], '/v1/messages');
    assert.equal(root!.attributes['http.response.status_code'], 201);
    for (const span of spans) {
      assert.ok(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano));
      assert.ok(!JSON.stringify(span).includes(secretText));
    }
    socket.close();
  });

  it('of a frame begin with it; what is refused says why', async () => {
    const { collector, a, channel } = traced;
    const socket = await a.socket();
    socket.send({ type: 'send', id: '1', channel_id: channel, text: 'x', client_msg_id: 'f1' });
    socket.send({ type: 'edit', id: '2', channel_id: channel, message_id: '1', text: 'y' });
    await eventually(() => {
      const sent = collector.spans.find(({ name }) => name === 'socket send')!;
      const { 'process message_events': _, ...found } = shape(collector, sent.traceId);
      const { 'process message_events': __, ...wanted } = pipeline;
      assert.deepEqual(found, { 'socket send': undefined, 'send message_commands': 'socket send', ...wanted });
      const refused = collector.spans.find(({ name }) => name === 'socket edit')!;
      assert.equal(refused.attributes['error.type'], 'not_found');
      assert.equal(refused.status.code, 2);
    });
    socket.close();
  });
});

describe('traces, where none is sampled by itself', () => {
  let traced: Traced;
  before(async () => {
    traced = await tracedServer('0');
  });
  after(() => traced?.stop());

  it('go on from a caller that samples its own, with several calls under one span of it', async () => {
    const { collector, a, channel } = traced;
    const [traceId, parent] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
    const say = (n: number, flags: string) =>
      a.post(
        '/v1/messages',
        { channel_id: channel, text: 'x', client_msg_id: `${flags}${n}` },
        { traceparent: `00-${traceId}-${parent}-${flags}` },
      );
    const unsampled = randomBytes(16).toString('hex');
    await a.post(
      '/v1/messages',
      { channel_id: channel, text: 'x', client_msg_id: 'u' },
      { traceparent: `00-${unsampled}-${parent}-00` },
    );
    for (const n of [1, 2]) assert.equal((await say(n, '01')).headers.get('x-trace-id'), traceId);
    await eventually(() => {
      const calls = collector.of(traceId).filter(({ name }) => name === 'POST /v1/messages');
      assert.deepEqual(
        calls.map(({ parentSpanId }) => parentSpanId),
        [parent, parent],
      );
      const published = collector.of(traceId).filter(({ name }) => name === 'process message_commands');
      assert.equal(published.length, 2);
      assert.equal(new Set(collector.of(traceId).map(({ spanId }) => spanId)).size, collector.of(traceId).length);
    });
    assert.deepEqual(collector.of(unsampled), []);
    assert.deepEqual(
      collector.spans.filter((span) => span.traceId !== traceId),
      [],
    );
  });

  it('harm nobody when the collector is away, and are counted', async () => {
    const { collector, server, a, channel } = traced;
    collector.stop();
    await sleep(50);
    const traceparent = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
    const body = { channel_id: channel, text: 'x', client_msg_id: 'away' };
    assert.equal((await a.post('/v1/messages', body, { traceparent })).status, 201);
    await eventually(async () => {
      const text = await (await fetch(`${server.url}/metrics`)).text();
      assert.match(text, /^millrace_trace_spans_total\{outcome="dropped"\} [1-9]/m);
    }, 12_000);
    const began = performance.now();
    assert.equal(await server.terminate(), 0);
    assert.ok(performance.now() - began < 15_000);
  });
});
