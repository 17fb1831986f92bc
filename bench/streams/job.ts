import { KafkaLog } from '../../platform/log/kafka.ts';
import type { TopicSpec } from '../../platform/log/port.ts';
import { fileCodec } from '../../platform/schemas/files.ts';
import type { MessageCommand } from '../../schemas/generated/types.ts';
import { avroType } from '../../schemas/load.ts';
import { event } from '../event.ts';

/** The job that all contenders have: commands in, each new message out as an event under its channel's next number. */
export const partitions = 4;
export const channels = 200;
/** Every so many commands one has the client_msg_id of the one before it in its channel: nothing follows from it. */
const repeatEvery = 21;

const codec = fileCodec();
const spec = { partitions, retention_ms: null, compact: false, volatile: false };
const topics: TopicSpec[] = ['message_commands', 'message_events'].map((name) => ({ name, ...spec }));

export function isRepeat(n: number): boolean {
  return n % repeatEvery === repeatEvery - 1 && n >= channels;
}

/** The nth command; texts of 200 bytes. */
export function command(n: number): MessageCommand {
  const client_msg_id = `client-${isRepeat(n) ? n - channels : n}`;
  return {
    ...{ workspace_id: 'acme', channel_id: `channel-${n % channels}`, actor_id: 'alice', trace_id: '' },
    ...{ reply_to: null, carried: null, home: null },
    body: {
      SendMessage: {
        ...{ text: 'x'.repeat(200), client_msg_id, root: null },
        ...{ mentions: [], mentions_channel: false, mentions_here: [] },
      },
    },
  };
}

/** How many of the first `count` commands lead to an event. */
export function eventsOf(count: number): number {
  return Array.from({ length: count }, (_, n) => isRepeat(n)).filter((repeat) => !repeat).length;
}

/** What those need who know nothing of our schemas: the schemas, and how an event's bytes begin. */
export function schemasForOthers(): string {
  const whole = (name: string) => avroType(name)!.schema({ exportAttrs: true });
  const event_head = codec
    .encode('MessageEvent', event('channel-0', 1, 1))
    .subarray(0, 5)
    .toString('hex');
  return JSON.stringify({ command: whole('MessageCommand'), event: whole('MessageEvent'), event_head });
}

/** The two topics of one measurement, under a name of its own. */
export async function openTopics(brokers: string, name: string): Promise<KafkaLog> {
  const log = await KafkaLog.open(
    { brokers: [brokers], client_id: 'bench', prefix: `${name}.`, replication: 1 },
    codec,
  );
  await log.declare(topics);
  return log;
}

/** The end of each partition of the events. */
export function endsOf(log: KafkaLog): Promise<number[]> {
  const all = Array.from({ length: partitions }, async (_, p) => (await log.bounds('message_events', p)).end);
  return Promise.all(all);
}
