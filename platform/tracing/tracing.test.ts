import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { callSpanOf, newTraceId, spanOf, traceOfCall, traceparentOf } from './context.ts';
import { otlpTracing } from './otlp/otlp.ts';
import type { Span } from './port.ts';

const messaging = { system: 'millrace', prefix: '' };
const service = { version: '1', instance: 'test' };
const traceId = '0123456789abcdef0123456789abcdef';
const span: Span = {
  ...{ traceId, spanId: '0123456789abcdef', parentSpanId: undefined, name: 'x', kind: 'server' },
  ...{ start: 1, end: 2, attributes: {} },
};

describe('the trace of a call', () => {
  it('is the caller’s, with its span and flag, where tracing is on', () => {
    const call = traceOfCall(`00-${traceId}-00f067aa0ba902b7-01`, true);
    assert.equal(call.traceId, traceId);
    assert.equal(call.parentSpanId, '00f067aa0ba902b7');
    assert.match(call.carried, new RegExp(`^${traceId}-${callSpanOf(call.carried)}-01$`));
    assert.notEqual(
      callSpanOf(traceOfCall(`00-${traceId}-00f067aa0ba902b7-01`, true).carried),
      callSpanOf(call.carried),
    );
    assert.equal(traceOfCall(`00-${traceId}-00f067aa0ba902b7-01`, false).carried, traceId);
    assert.match(traceOfCall('nothing that is one', true).carried, /^[0-9a-f]{32}$/);
  });

  it('gives records the same spans wherever that is asked, and other commands others', () => {
    const first = { trace_id: traceId, reply_to: { request: 1 } };
    assert.equal(traceparentOf(first, 'a'), `00-${traceId}-${spanOf({ ...first }, 'a')}-01`);
    assert.notEqual(spanOf(first, 'a'), spanOf(first, 'b'));
    assert.notEqual(spanOf(first, 'a'), spanOf({ ...first, reply_to: { request: 2 } }, 'a'));
  });
});

describe('spans on their way to a collector', () => {
  it('are of the wanted part of traces, and of those that a caller samples', async () => {
    const tracing = otlpTracing({ url: 'http://127.0.0.1:1', ratio: 0.25, messaging, service });
    const kept = Array.from({ length: 4000 }, newTraceId).filter((id) => tracing.samples(id)).length;
    assert.ok(kept > 800 && kept < 1200, `${kept}`);
    assert.equal(tracing.samples(''), false);
    for (const [flags, wanted] of [
      ['01', true],
      ['00', false],
      ['03', true],
    ] as const)
      assert.equal(tracing.samples(`${traceId}-00f067aa0ba902b7-${flags}`), wanted);
    await tracing.stop(100);
  });

  it('are dropped and counted past the queue, and hold nobody up whose collector never answers', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const tracing = otlpTracing({ url, ratio: 1, messaging, service, queue: 10, every_ms: 20 });
    for (let i = 0; i < 25; i++) tracing.record(span);
    assert.deepEqual(tracing.counts(), { sent: 0, dropped: 15 });
    const began = performance.now();
    await tracing.stop(200);
    assert.ok(performance.now() - began < 1500);
    silent.closeAllConnections();
    silent.close();
  });
});
