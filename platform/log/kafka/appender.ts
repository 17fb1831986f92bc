import type { Kafka, Producer, RecordMetadata } from 'kafkajs';
import type { Position } from '../port.ts';
import { inTime, unavailable } from './connection.ts';

/** An encoded record on its way. */
export interface Encoded {
  topic: string;
  partition: number;
  key: string;
  value: Buffer;
}

interface Waiting {
  records: Encoded[];
  resolve(positions: Position[]): void;
  reject(error: unknown): void;
}

/** Records in one request; what gathers beyond it waits for the next one. */
const mostRecords = 5000;

/**
 * Appends in the order of the calls: one request is on its way at a time, and what comes meanwhile gathers for the next
 * one, so that the more there is, the less each costs. The producer is idempotent: what kafkajs sends again by itself is
 * there once. What gathers is bounded by the units of work and requests in flight.
 */
export class Appender {
  private waiting: Waiting[] = [];
  private sending: Promise<void> | undefined;
  private producer: Promise<Producer> | undefined;
  constructor(private readonly kafka: Kafka) {}

  async connect(): Promise<void> {
    await this.connected();
  }

  /** Resolves with the records' places. Error: `unavailable`; whether the records are there is then not known. */
  append(records: Encoded[]): Promise<Position[]> {
    if (records.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.waiting.push({ records, resolve, reject });
      this.sending ??= this.send();
    });
  }

  async close(): Promise<void> {
    await this.sending;
    await inTime(this.producer?.then((made) => made.disconnect()) ?? Promise.resolve()).catch(() => undefined);
  }

  private async send(): Promise<void> {
    // After the callbacks of this turn, so that what they append goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const calls = this.take();
      try {
        const places = await inTime(this.sendBatch(calls.flatMap(({ records }) => records)));
        let at = 0;
        for (const { records, resolve } of calls) {
          resolve(places.slice(at, at + records.length));
          at += records.length;
        }
      } catch (error) {
        const reason = unavailable('did not take records', error);
        // What was called behind them must not arrive where they did not: their callers build on them.
        for (const { reject } of [...calls, ...this.waiting.splice(0)]) reject(reason);
        this.discard();
      }
    }
    // In the same turn as the look at what waits: what comes right after begins anew.
    this.sending = undefined;
  }

  private take(): Waiting[] {
    const taken: Waiting[] = [];
    let count = 0;
    while (this.waiting.length > 0 && (taken.length === 0 || count + this.waiting[0]!.records.length <= mostRecords)) {
      const call = this.waiting.shift()!;
      taken.push(call);
      count += call.records.length;
    }
    return taken;
  }

  private async sendBatch(records: Encoded[]): Promise<Position[]> {
    const byTopic = new Map<string, { key: string; value: Buffer; partition: number }[]>();
    // Where each record stands among those of its partition: the broker tells where the first one lies.
    const places: { base: string; index: number; partition: number }[] = [];
    const counts = new Map<string, number>();
    for (const { topic, partition, key, value } of records) {
      let messages = byTopic.get(topic);
      if (!messages) {
        messages = [];
        byTopic.set(topic, messages);
      }
      messages.push({ key, value, partition });
      const base = `${topic}/${partition}`;
      const index = counts.get(base) ?? 0;
      counts.set(base, index + 1);
      places.push({ base, index, partition });
    }
    const producer = await this.connected();
    const topicMessages = [...byTopic].map(([topic, messages]) => ({ topic, messages }));
    const answers: RecordMetadata[] = await producer.sendBatch({ topicMessages, acks: -1 });
    const bases = new Map(
      answers.map((answer) => [`${answer.topicName}/${answer.partition}`, Number(answer.baseOffset)]),
    );
    return places.map(({ base, index, partition }) => ({ partition, offset: bases.get(base)! + index }));
  }

  /** One producer, also while it is still connecting: one that nobody holds would keep its connections for ever. */
  private connected(): Promise<Producer> {
    this.producer ??= this.connectNew();
    return this.producer;
  }

  private async connectNew(): Promise<Producer> {
    const producer = this.kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
    try {
      await producer.connect();
      return producer;
    } catch (error) {
      await producer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  /** After a failure the producer's sequence is not known to be the broker's: a new one begins its own. */
  private discard(): void {
    const { producer } = this;
    this.producer = undefined;
    producer?.then((made) => made.disconnect()).catch(() => undefined);
  }
}
