import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import type { Answer, MessageEvent } from '../schemas/generated/types.ts';
import { readRecords, sendCommand, startPipeline } from './support/pipeline.ts';

describe('the message pipeline on the embedded engine', () => {
  it('orders, stores, answers and indexes what is sent', async () => {
    const pipeline = await startPipeline();
    const { engine } = pipeline;
    const count = 500;
    for (let i = 0; i < count; i++) void engine.log.append([sendCommand('c', 'alice', `message ${i}`, `m${i}`, i)]);
    const answers = await readRecords(engine, 'gateway_0', 0, count);
    const events = answers.map((record) => record.decoded().value as MessageEvent);
    assert.deepEqual(
      events.map((event) => event.rev),
      Array.from({ length: count }, (_, i) => i + 1),
    );
    assert.deepEqual(
      events.map((event) => event.reply_to?.request),
      Array.from({ length: count }, (_, i) => i),
    );
    const channel = { workspace_id: 'w', channel_id: 'c' };
    const history = await engine.messages.history(channel, { newest: true, limit: 200 });
    assert.deepEqual(history.head, { rev: count, seq: count });
    assert.equal(history.messages.at(-1)!.text, 'message 499');
    assert.deepEqual(await engine.messages.unreads({ workspace_id: 'w', user_id: 'alice' }, ['c']), [
      { channel_id: 'c', last_seq: count, last_read_seq: count, unread: 0, mentions: 0 },
    ]);
    while (pipeline.indexed.length < count) await new Promise((resolve) => setTimeout(resolve, 20));
    await pipeline.stop();
  });

  it('answers a repeat with the same message, also after a restart', async () => {
    const folder = await mkdtemp(`${tmpdir()}/millrace-pipeline-`);
    const first = await startPipeline(folder);
    await first.engine.log.append([sendCommand('c', 'alice', 'hello', 'same', 1)]);
    const [sent] = await readRecords(first.engine, 'gateway_0', 0, 1);
    const { message } = (
      (sent!.decoded().value as MessageEvent).body as { MessageChanged: { message: { message_id: string } } }
    ).MessageChanged;
    await first.stop();
    const second = await startPipeline(folder);
    await second.engine.log.append([sendCommand('c', 'alice', 'hello', 'same', 2)]);
    const [repeat] = await readRecords(second.engine, 'gateway_0', 0, 1);
    assert.deepEqual(JSON.parse(JSON.stringify((repeat!.decoded().value as Answer).outcome)), {
      Unchanged: { message_id: message.message_id, thread_id: null },
    });
    await second.stop();
    await rm(folder, { recursive: true });
  });
});
