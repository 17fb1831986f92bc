import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { MessageEvent } from '../schemas/generated/types.ts';
import { nativeSettings } from './support/cluster.ts';
import { testEngines } from './support/engines.ts';
import { decoderOf, readWhole } from './support/evidence.ts';
import { workspace } from './support/person.ts';
import { Server } from './support/server.ts';

it('a plain consumer with a registry’s client reads message_events, and sees what was sent', async () => {
  const { settings, make, drop } = testEngines(`foreign-${process.pid}x${Date.now()}`, nativeSettings());
  await make();
  const server = await Server.start({ ...settings, MILLRACE_PARTITIONS: '2' });
  try {
    const ann = await workspace(server).person('ann');
    const channel = await ann.makes('public', 'all');
    const { message_id } = await ann.say(channel, 'hello, whoever reads this');
    const topic = `${settings['MILLRACE_NAMESPACE']}.message_events`;
    const decode = decoderOf(settings['MILLRACE_SCHEMA_REGISTRY']!);
    const values = await readWhole(settings['MILLRACE_KAFKA_BROKERS']!.split(','), topic);
    const events = (await Promise.all(values.map(decode))) as MessageEvent[];
    const found = events.flatMap(({ channel_id, body }) =>
      'MessageChanged' in body && channel_id === channel ? [body.MessageChanged.message] : [],
    );
    assert.deepEqual(
      found.map((message) => [String(message.message_id), message.user_id, message.text]),
      [[message_id, 'ann', 'hello, whoever reads this']],
    );
  } finally {
    await server.stop();
    await drop();
  }
});
