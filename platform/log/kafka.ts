import type { Admin } from 'kafkajs';
import type Cluster from 'kafkajs/src/cluster/index.js';
import type { FetchedMessage } from 'kafkajs/src/cluster/index.js';
import { inTime } from '../deadline.ts';
import { MillraceError } from '../errors/error.ts';
import { partitionOf } from '../keys.ts';
import type { Codec } from '../schemas/codec.ts';
import { traceparentOf } from '../tracing/context.ts';
import { noTracing, type Tracing } from '../tracing/port.ts';
import { sampledIn } from '../tracing/spans.ts';
import type { Appender } from './kafka/appender.ts';
import { type Connected, connect } from './kafka/connect.ts';
import { deadline_ms, type KafkaSettings, openCluster, unavailable } from './kafka/connection.ts';
import { Lanes } from './kafka/lanes.ts';
import { Offsets } from './kafka/offsets.ts';
import { Patience } from './kafka/patience.ts';
import type { Encoded } from './kafka/request.ts';
import { Subscription } from './kafka/subscription.ts';
import { declareTopics } from './kafka/topics.ts';
import type { Append, Log, LogReader, LogRecord, Position, TopicSpec } from './port.ts';
import { KeptRecord } from './record.ts';

const ignored = (): void => undefined;

export interface KafkaLogOptions {
  tracing?: Tracing | undefined;
  /** For so long from the opening on, brokers that say nothing are asked again: what starts needs their answer. Default 0. */
  patience_ms?: number | undefined;
  /** Hears, once, why that is so. */
  onWait?: ((error: unknown) => void) | undefined;
  /** Hears why readers wait, while they do. */
  onTrouble?: ((error: unknown) => void) | undefined;
}

/**
 * The log on Kafka. Record time is the broker's append time; keys are partitioned as Kafka's own default partitioner does.
 * Readers read partitions that they name: who reads which is the caller's business (docs/decisions/009).
 */
export class KafkaLog implements Log {
  private readonly topics = new Map<string, TopicSpec>();
  private readonly admin: Admin;
  private readonly cluster: Cluster;
  private readonly appender: Appender;
  private readonly lanes: Lanes;
  private readonly offsets: Offsets;
  /** Readers whose end is being looked up: what is appended meanwhile would lie before it. */
  private readonly beginning = new Set<Promise<unknown>>();

  private constructor(
    private readonly settings: KafkaSettings,
    private readonly codec: Codec,
    { admin, cluster, appender }: Connected,
    private readonly tracing: Tracing,
    private readonly patience: Patience,
    onTrouble: (error: unknown) => void,
  ) {
    this.admin = admin;
    this.cluster = cluster;
    this.appender = appender;
    this.offsets = new Offsets(cluster, patience);
    this.lanes = new Lanes(() => openCluster(settings), {
      records: (topic, partition, messages) => this.recordsOf(topic.slice(settings.prefix.length), partition, messages),
      bounds: (topic, partition) => this.boundsOf(topic, partition),
      onTrouble,
    });
  }

  /** Error: `unavailable` when no broker answers. */
  static async open(
    settings: KafkaSettings,
    codec: Codec,
    { tracing = noTracing, patience_ms = 0, onWait = ignored, onTrouble = ignored }: KafkaLogOptions = {},
  ): Promise<KafkaLog> {
    const patience = new Patience(patience_ms, onWait);
    return new KafkaLog(settings, codec, await connect(settings, patience), tracing, patience, onTrouble);
  }

  async declare(topics: TopicSpec[]): Promise<void> {
    try {
      // Leaders may be elected a moment after a topic is there: what asks for them waits for that itself.
      await declareTopics(this.admin, topics, { ...this.settings, patience: this.patience }, () =>
        this.cluster.addMultipleTargetTopics(topics.map(({ name }) => this.settings.prefix + name)),
      );
    } catch (error) {
      throw unavailable('did not make topics', error);
    }
    for (const spec of topics) this.topics.set(spec.name, spec);
  }

  /** Takes topics that another deployment has made as they are, for reading. Errors: `not_found`, `unavailable`. */
  async find(names: string[]): Promise<void> {
    let known: Map<string, number>;
    try {
      const there = await inTime(this.admin.listTopics(), deadline_ms);
      const missing = names.find((name) => !there.includes(this.settings.prefix + name));
      if (missing !== undefined)
        throw new MillraceError('not_found', `there is no topic ${this.settings.prefix}${missing}`);
      const topics = names.map((name) => this.settings.prefix + name);
      await this.cluster.addMultipleTargetTopics(topics);
      const metadata = await inTime(this.admin.fetchTopicMetadata({ topics }), deadline_ms);
      known = new Map(metadata.topics.map(({ name, partitions }) => [name, partitions.length]));
    } catch (error) {
      throw error instanceof MillraceError ? error : unavailable('did not tell what topics there are', error);
    }
    for (const name of names) {
      const partitions = known.get(this.settings.prefix + name)!;
      this.topics.set(name, { name, partitions, retention_ms: null, compact: false, volatile: false });
    }
  }

  topic(name: string): TopicSpec | undefined {
    return this.topics.get(name);
  }

  /** None is: what the embedded log forgets is kept here, for a short time. */
  isVolatile(): boolean {
    return false;
  }

  async append(records: Append[]): Promise<Position[]> {
    const encoded = records.map(({ topic, partition, key, schema, value }): Encoded => {
      const spec = this.topicOf(topic);
      return {
        topic: this.settings.prefix + topic,
        partition: partition ?? partitionOf(key, spec.partitions),
        key,
        value: this.codec.encode(schema, value as never),
        ...this.headers(topic, value),
      };
    });
    if (this.beginning.size > 0) await Promise.all(this.beginning);
    return this.appender.append(encoded);
  }

  reader(topic: string, partition: number, from: number | 'end'): LogReader {
    this.topicOf(topic);
    const name = this.settings.prefix + topic;
    const subscription = new Subscription(name, partition, from === 'end' ? undefined : from, (changed) =>
      this.lanes.changed(changed),
    );
    if (from !== 'end') this.lanes.add(subscription);
    else {
      const begins: Promise<void> = this.offsets
        .find(name, partition, 'end')
        .then((end) => {
          subscription.offset = end;
          this.lanes.add(subscription);
        })
        .catch((error: unknown) => subscription.fail(unavailable('did not tell an end', error)))
        .finally(() => this.beginning.delete(begins));
      this.beginning.add(begins);
    }
    return subscription;
  }

  async bounds(topic: string, partition: number): Promise<{ start: number; end: number }> {
    this.topicOf(topic);
    return this.boundsOf(this.settings.prefix + topic, partition);
  }

  async offsetAt(topic: string, partition: number, time: number): Promise<number> {
    this.topicOf(topic);
    return this.offsets.find(this.settings.prefix + topic, partition, time);
  }

  /** Whether a topic, by its whole name, is there and has had records. Error: `unavailable`. */
  async isBegun(name: string): Promise<boolean> {
    try {
      const known = await inTime(this.admin.listTopics(), deadline_ms);
      if (!known.includes(name)) return false;
      const partitions = await inTime(this.admin.fetchTopicOffsets(name), deadline_ms);
      return partitions.some(({ high }) => Number(high) > 0);
    } catch (error) {
      throw unavailable('did not tell what topics there are', error);
    }
  }

  async close(): Promise<void> {
    await this.lanes.close();
    await this.appender.close();
    await Promise.all([this.admin.disconnect(), this.cluster.disconnect()]);
    this.topics.clear();
  }

  /** For foreign tools, which know nothing of our values: who reads here finds the trace in the value. */
  private headers(topic: string, value: object): { headers?: { [name: string]: string } } {
    const traced = sampledIn(this.tracing, value);
    return traced ? { headers: { traceparent: traceparentOf(traced, topic) } } : {};
  }

  private async boundsOf(name: string, partition: number): Promise<{ start: number; end: number }> {
    const [start, end] = await Promise.all([
      this.offsets.find(name, partition, 'start'),
      this.offsets.find(name, partition, 'end'),
    ]);
    return { start, end };
  }

  private async recordsOf(topic: string, partition: number, messages: FetchedMessage[]): Promise<LogRecord[]> {
    await this.codec.learn(messages.flatMap(({ value }) => (value ? [value] : [])));
    return messages.map(
      ({ offset, timestamp, key, value }) =>
        new KeptRecord(
          ...([this.codec, topic, partition, Number(offset), Number(timestamp), key?.toString() ?? ''] as const),
          undefined,
          value ?? Buffer.alloc(0),
        ),
    );
  }

  private topicOf(name: string): TopicSpec {
    const topic = this.topics.get(name);
    if (!topic) throw new MillraceError('not_found', `no topic "${name}" is declared; see topologies/topics.yaml`);
    return topic;
  }
}
