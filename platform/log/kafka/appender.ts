import type { Kafka, Producer, RecordMetadata } from 'kafkajs';
import { inTime } from '../../deadline.ts';
import type { Position } from '../port.ts';
import { deadline_ms, unavailable } from './connection.ts';
import type { Encoded } from './request.ts';
import { inRequests, RequestSize } from './request.ts';

interface Waiting {
  records: Encoded[];
  resolve(positions: Position[]): void;
  reject(error: unknown): void;
}

/** In this time another broker takes over from one that is gone (4 to 6 s, docs/faults.md); edges wait a little longer for their answers. */
const append_ms = 8500;
const retry = { initialRetryTime: 50, maxRetryTime: 500, retries: 20 };

/**
 * Appends in the order of the calls: one request is on its way at a time, and what comes meanwhile gathers for the next
 * one, so that the more there is, the less each costs. The producer is idempotent: what kafkajs sends again by itself is
 * there once. What gathers is bounded by the units of work and requests in flight.
 */
export class Appender {
  private waiting: Waiting[] = [];
  private sending: Promise<void> | undefined;
  private producer: Promise<Producer> | undefined;
  /** The last one; kafkajs may still be at it when it was given up. */
  private attempt: Promise<unknown> = Promise.resolve();

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
    // A broker that is away takes no leave: its connections end with the process.
    await inTime(this.producer?.then((made) => made.disconnect()) ?? Promise.resolve(), deadline_ms).catch(
      () => undefined,
    );
  }

  private async send(): Promise<void> {
    // After the callbacks of this turn, so that what they append goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const calls = this.take();
      try {
        const places: Position[] = [];
        // More than one only where a single call is larger than a request.
        for (const records of inRequests(calls.flatMap((call) => call.records))) {
          const attempt = this.sendBatch(records);
          this.attempt = attempt;
          places.push(...(await inTime(attempt, append_ms)));
        }
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

  /** As many calls as go into one request, and at least one. */
  private take(): Waiting[] {
    const size = new RequestSize();
    const over = this.waiting.findIndex(({ records }) => !size.takes(records));
    return this.waiting.splice(0, over < 0 ? this.waiting.length : Math.max(1, over));
  }

  private async sendBatch(records: Encoded[]): Promise<Position[]> {
    const byTopic = new Map<string, Omit<Encoded, 'topic'>[]>();
    // Where each record stands among those of its partition: the broker tells where the first one lies.
    const places: { base: string; index: number; partition: number }[] = [];
    const counts = new Map<string, number>();
    for (const { topic, ...message } of records) {
      const { partition } = message;
      let messages = byTopic.get(topic);
      if (!messages) {
        messages = [];
        byTopic.set(topic, messages);
      }
      messages.push(message);
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
    const producer = this.kafka.producer({
      ...{ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false, retry },
    });
    try {
      await producer.connect();
      return producer;
    } catch (error) {
      // Why it did not connect is what the caller is told.
      await producer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  /** After a failure the producer's sequence is not known to be the broker's: a new one begins its own. */
  private discard(): void {
    const { producer, attempt } = this;
    this.producer = undefined;
    const putAway = async (): Promise<void> => {
      const made = await producer;
      // What was given up tries again by itself, and connects anew for that: nobody would ever end that connection.
      await Promise.allSettled([made?.disconnect(), attempt]);
      await made?.disconnect();
    };
    // It has failed already, and its caller knows: that it can't be put away neatly says no more.
    putAway().catch(() => undefined);
  }
}
