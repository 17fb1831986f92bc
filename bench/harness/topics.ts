import { Kafka, logLevel, type Producer } from 'kafkajs';

/** What the harness's two processes share. */
export const partitions = 8;
export const prefix = process.env['HARNESS_PREFIX']!;
export const topics = { commands: `${prefix}commands`, events: `${prefix}events`, gateway: `${prefix}gateway` };
export const kafka = new Kafka({
  clientId: 'harness',
  brokers: process.env['MILLRACE_KAFKA_BROKERS']!.split(','),
  logLevel: logLevel.ERROR,
});

export interface Outgoing {
  topic: string;
  partition: number;
  key: string;
  value: Buffer;
}

/** One request at a time; what comes meanwhile goes with the next. */
export class Sender {
  private waiting: { records: Outgoing[]; done: () => void }[] = [];
  private busy = false;

  constructor(private readonly producer: Producer) {}

  static async open(): Promise<Sender> {
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    return new Sender(producer);
  }

  send(records: Outgoing[]): Promise<void> {
    return new Promise((done) => {
      this.waiting.push({ records, done });
      if (!this.busy) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.busy = true;
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const calls = this.waiting.splice(0);
      const byTopic = new Map<string, Outgoing[]>();
      for (const record of calls.flatMap(({ records }) => records))
        byTopic.set(record.topic, [...(byTopic.get(record.topic) ?? []), record]);
      const topicMessages = [...byTopic].map(([topic, messages]) => ({ topic, messages }));
      await this.producer.sendBatch({ acks: -1, topicMessages });
      for (const { done } of calls) done();
    }
    this.busy = false;
  }
}

export function partitionOf(channel: string): number {
  let hash = 0;
  for (let i = 0; i < channel.length; i++) hash = (hash * 31 + channel.charCodeAt(i)) | 0;
  return Math.abs(hash) % partitions;
}

/** Each record of a topic, in batches as they come. */
export async function consume(
  topic: string,
  group: string,
  take: (values: Buffer[], partition: number) => Promise<void> | void,
): Promise<void> {
  const consumer = kafka.consumer({ groupId: `${prefix}${group}`, maxWaitTimeInMs: 500, minBytes: 1 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: false });
  const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
  await consumer.run({
    partitionsConsumedConcurrently: partitions,
    eachBatch: async ({ batch }) => {
      await take(
        batch.messages.map(({ value }) => value!),
        batch.partition,
      );
    },
  });
  await joined;
}
