// Raw drivers' worker: numbers each command, writes its rows to Cassandra, then its event to Kafka; hands events on to the
// gateway's topic; and has Elasticsearch index them. No guarantee beyond each driver's own.
import { Client } from '@elastic/elasticsearch';
import cassandra from 'cassandra-driver';
import { fileCodec } from '../../platform/schemas/files.ts';
import type { Message, MessageCommand, MessageEvent, SendMessage } from '../../schemas/generated/types.ts';
import { event as eventOf } from '../event.ts';
import { consume, kafka, partitions, prefix, Sender, topics } from './topics.ts';

const codec = fileCodec();
const keyspace = prefix.replaceAll(/\W/g, '_');
const node = process.env['MILLRACE_ELASTICSEARCH_URL']!;
const search = new Client({ node });
const index = `${keyspace}messages`;

const admin = kafka.admin();
await admin.connect();
await admin.createTopics({
  waitForLeaders: true,
  topics: Object.values(topics).map((topic) => ({ topic, numPartitions: partitions, replicationFactor: 1 })),
});
await admin.disconnect();

const options = {
  contactPoints: process.env['MILLRACE_CASSANDRA_CONTACT_POINTS']!.split(','),
  localDataCenter: 'datacenter1',
  encoding: { useBigIntAsLong: true },
};
const maker = new cassandra.Client({ ...options, socketOptions: { readTimeout: 30_000 } });
await maker.execute(
  `CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
);
for (const table of [
  'messages (channel text, slice int, id bigint, body blob, PRIMARY KEY ((channel, slice), id))',
  'seqs (channel text, part int, seq bigint, rev bigint, PRIMARY KEY ((channel, part), seq))',
  'events (channel text, part int, rev bigint, event text, PRIMARY KEY ((channel, part), rev))',
  'channels (channel text PRIMARY KEY, rev bigint, seq bigint)',
  'markers (person text, channel text, own_seq bigint, own_rev bigint, PRIMARY KEY (person, channel))',
])
  await maker.execute(`CREATE TABLE ${keyspace}.${table}`);
await maker.shutdown();
const store = new cassandra.Client({ ...options, keyspace, queryOptions: { prepare: true } });
await store.connect();

const sender = await Sender.open();
const revs = new Map<string, number>();

await consume(topics.commands, 'sequence', async (values, partition) => {
  const byChannel = new Map<string, MessageEvent[]>();
  const events = values.map((bytes) => {
    const command = codec.decode(bytes).value as MessageCommand;
    const event = numbered(command);
    byChannel.set(event.channel_id, [...(byChannel.get(event.channel_id) ?? []), event]);
    return event;
  });
  await Promise.all([...byChannel].flatMap(([channel, some]) => rows(channel, some)));
  await sender.send(
    events.map((event) => ({
      ...{ topic: topics.events, partition, key: event.channel_id },
      value: codec.encode('MessageEvent', event),
    })),
  );
});
await consume(topics.events, 'fan-out', (values, partition) =>
  sender.send(values.map((value) => ({ topic: topics.gateway, partition, key: '', value }))),
);
await consume(topics.events, 'index', async (values) => {
  const operations = values.flatMap((bytes) => {
    const event = codec.decode(bytes).value as MessageEvent;
    const { message_id, text, user_id } = messageOf(event);
    return [{ index: { _index: index, _id: message_id } }, { text, user_id, channel_id: event.channel_id }];
  });
  await search.bulk({ operations });
});

let made = 0;
function numbered(command: MessageCommand): MessageEvent {
  const rev = (revs.get(command.channel_id) ?? 0) + 1;
  revs.set(command.channel_id, rev);
  const event = eventOf(command.channel_id, rev, ++made);
  const { text, client_msg_id } = (command.body as { SendMessage: SendMessage }).SendMessage;
  Object.assign(messageOf(event), { text, client_msg_id });
  return { ...event, reply_to: command.reply_to };
}

function messageOf(event: MessageEvent): Message {
  return (event.body as { MessageChanged: { message: Message } }).MessageChanged.message;
}

/** A partition's rows as one batch, those of other partitions beside it. */
function rows(channel: string, events: MessageEvent[]): Promise<unknown>[] {
  const batch = (statements: { query: string; params: unknown[] }[]): Promise<unknown> =>
    store.batch(statements, { logged: false });
  const last = events.at(-1)!;
  return [
    batch(
      events.map((event) => ({
        query: 'INSERT INTO messages (channel, slice, id, body) VALUES (?, ?, ?, ?)',
        params: [channel, 0, BigInt(messageOf(event).message_id), codec.encode('Message', messageOf(event))],
      })),
    ),
    batch(
      events.map(({ seq, rev }) => ({
        query: 'INSERT INTO seqs (channel, part, seq, rev) VALUES (?, ?, ?, ?)',
        params: [channel, 0, BigInt(seq), BigInt(rev)],
      })),
    ),
    batch(
      events.map(({ rev }) => ({
        query: 'INSERT INTO events (channel, part, rev, event) VALUES (?, ?, ?, ?) USING TTL 1209600',
        params: [
          channel,
          0,
          BigInt(rev),
          JSON.stringify({ kind: 'created', message_id: String(rev), thread_id: null }),
        ],
      })),
    ),
    store.execute('INSERT INTO channels (channel, rev, seq) VALUES (?, ?, ?)', [
      channel,
      BigInt(last.rev),
      BigInt(last.seq),
    ]),
    store.execute('INSERT INTO markers (person, channel, own_seq, own_rev) VALUES (?, ?, ?, ?)', [
      last.actor_id,
      channel,
      BigInt(last.seq),
      BigInt(last.rev),
    ]),
  ];
}

console.log(JSON.stringify({ url: '' }));
// What it made goes with it; where that can't be, it is said, and the process ends all the same.
process.on('SIGTERM', () => {
  void Promise.allSettled([
    store.execute(`DROP KEYSPACE ${keyspace}`, [], { prepare: false }),
    search.indices.delete({ index, ignore_unavailable: true }),
  ]).then((left) => {
    for (const one of left) if (one.status === 'rejected') console.error(`left behind: ${one.reason}`);
    process.exit(0);
  });
});
