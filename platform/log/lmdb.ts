import { MillraceError } from '../errors/error.ts';
import { partitionOf } from '../keys.ts';
import type { Environment } from '../lmdb/environment.ts';
import { after, key, numberAt } from '../lmdb/key.ts';
import type { Table } from '../lmdb/table.ts';
import type { Codec, Decoded } from '../schemas/codec.ts';
import { firstAt, MemoryLog, partitionsAreFinal } from './memory.ts';
import type { Append, Log, LogReader, LogRecord, Position, TopicSpec } from './port.ts';
import { KeptRecord } from './record.ts';
import { Tail } from './tail.ts';

/** Newest records of each partition that readers find in memory; behind them they read lmdb. Each is a burden to the garbage collector. */
const tailBound = 1024;

/** In bytes: an envelope has two for its length. */
const longestKey = 65_535;

interface Partition {
  tail: Tail;
  /** The next offset to give out; ahead of the tail's end while records are on their way to disk. */
  next: number;
  time: number;
}

/** Records that are put and not yet shown to readers. Bounded by the units of work and requests in flight. */
export type Staged = KeptRecord[];

/**
 * The embedded log. Durable topics lie in lmdb under (topic, partition, offset); volatile ones in memory. Partitions are
 * assigned statically: there is one process.
 */
export class LmdbLog implements Log {
  private readonly records: Table;
  private readonly specs: Table;
  private readonly topics = new Map<string, { spec: TopicSpec; partitions: Partition[] }>();
  private readonly volatile: MemoryLog;
  /** With records that those who read ahead do not know of. */
  private readonly stagedIn = new Set<Tail>();

  constructor(
    private readonly environment: Environment,
    private readonly codec: Codec,
    private readonly clock: () => number = Date.now,
  ) {
    this.records = environment.table('log');
    this.specs = environment.table('topics');
    this.volatile = new MemoryLog(codec, clock);
    environment.beforeCommit(() => {
      const tails = [...this.stagedIn];
      this.stagedIn.clear();
      for (const tail of tails) tail.wakeAhead();
    });
  }

  async declare(topics: TopicSpec[]): Promise<void> {
    await this.volatile.declare(topics.filter((spec) => spec.volatile));
    for (const spec of topics.filter((topic) => !topic.volatile)) {
      const kept = this.specs.get(key(spec.name));
      const known = kept && (JSON.parse(kept.toString()) as TopicSpec);
      if (known && known.partitions !== spec.partitions) throw partitionsAreFinal(known, spec);
      await this.environment.write(() => this.specs.put(key(spec.name), Buffer.from(JSON.stringify(spec))));
      const open = this.topics.get(spec.name);
      if (open) {
        open.spec = spec;
        continue;
      }
      const partitions = Array.from({ length: spec.partitions }, (_, partition) =>
        this.openPartition(spec.name, partition),
      );
      this.topics.set(spec.name, { spec, partitions });
    }
  }

  topic(name: string): TopicSpec | undefined {
    return this.topics.get(name)?.spec ?? this.volatile.topic(name);
  }

  async append(records: Append[]): Promise<Position[]> {
    const durable = records.filter((record) => !this.isVolatile(record.topic));
    if (durable.length === 0) return this.volatile.appendNow(records);
    const staged = await this.environment.write(() => this.stage(durable));
    this.publish(staged);
    if (durable.length === records.length) return staged;
    const passing = this.volatile.appendNow(records.filter((record) => this.isVolatile(record.topic)));
    return records.map((record) => (this.isVolatile(record.topic) ? passing.shift()! : staged.shift()!));
  }

  /** Inside `Environment.write`: puts records of durable topics. */
  stage(records: Append[]): Staged {
    // Looked at before anything is put: what can't be kept throws, and leaves no gap in the offsets.
    const encoded = records.map((record) => this.codec.encode(record.schema, record.value as never));
    for (const record of records) {
      this.find(record.topic);
      if (Buffer.byteLength(record.key) > longestKey)
        throw new MillraceError('invalid_request', `key: a record’s has ${longestKey} bytes at most`);
    }
    return records.map((record, i) => {
      const topic = this.find(record.topic);
      const partition = record.partition ?? partitionOf(record.key, topic.spec.partitions);
      const state = topic.partitions[partition]!;
      const offset = state.next++;
      state.time = Math.max(this.clock(), state.time);
      const value = { schema: record.schema, value: record.value } as Decoded;
      const kept = new KeptRecord(
        this.codec,
        record.topic,
        partition,
        offset,
        state.time,
        record.key,
        value,
        encoded[i],
      );
      this.records.append(key(record.topic, partition, offset), envelope(kept));
      state.tail.stage(kept);
      this.stagedIn.add(state.tail);
      return kept;
    });
  }

  /** After the write is on disk: shows readers what it staged. Writes end in the order in which they were made. */
  publish(staged: Staged): void {
    const touched = new Set<Tail>();
    for (const record of staged) {
      const { tail } = this.find(record.topic).partitions[record.partition]!;
      tail.land(record.offset);
      touched.add(tail);
    }
    for (const tail of touched) tail.wake();
  }

  /**
   * Removes records that are older than their topic's retention, at most `bound` a partition, oldest first; the newest
   * record stays, for it holds the partition's offset and time. Resolves with how many were removed.
   */
  async trim(bound = 2000): Promise<number> {
    const now = this.clock();
    let removed = 0;
    for (const [name, { spec, partitions }] of this.topics) {
      if (spec.retention_ms === null) continue;
      for (const [partition, { tail }] of partitions.entries()) {
        const old: Buffer[] = [];
        const start = key(name, partition);
        const end = key(name, partition, Math.max(0, tail.bounds().end - 1));
        for (const { key: at, value } of this.records.range({ start, end, limit: bound })) {
          if (numberAt(value, 0) >= now - spec.retention_ms) break;
          old.push(Buffer.from(at));
        }
        if (old.length === 0) continue;
        await this.environment.write(() => {
          for (const at of old) this.records.remove(at);
        });
        removed += old.length;
      }
    }
    return removed;
  }

  /** Appends to volatile topics, which readers see at once. */
  appendVolatile(records: Append[]): Position[] {
    return this.volatile.appendNow(records);
  }

  isVolatile(topic: string): boolean {
    return this.volatile.topic(topic) !== undefined;
  }

  reader(topic: string, partition: number, from: number | 'end', { ahead = false } = {}): LogReader {
    if (this.volatile.topic(topic)) return this.volatile.reader(topic, partition, from);
    const { tail } = this.find(topic).partitions[partition]!;
    return tail.reader(from === 'end' ? tail.bounds().end : from, ahead);
  }

  async bounds(topic: string, partition: number): Promise<{ start: number; end: number }> {
    if (this.volatile.topic(topic)) return this.volatile.bounds(topic, partition);
    const { tail } = this.find(topic).partitions[partition]!;
    const prefix = key(topic, partition);
    const first = this.records.first({ start: prefix, end: after(prefix) });
    const end = tail.bounds().end;
    return { start: first ? numberAt(first.key, -8) : end, end };
  }

  async offsetAt(topic: string, partition: number, time: number): Promise<number> {
    if (this.volatile.topic(topic)) return this.volatile.offsetAt(topic, partition, time);
    const timeOf = (offset: number): number => {
      const kept = this.records.committed(key(topic, partition, offset));
      // One that retention has just removed was older than what is asked for.
      return kept === undefined ? 0 : numberAt(kept, 0);
    };
    return firstAt(await this.bounds(topic, partition), time, timeOf);
  }

  async close(): Promise<void> {
    await this.volatile.close();
    this.topics.clear();
  }

  private find(name: string) {
    const topic = this.topics.get(name);
    if (!topic) throw new MillraceError('not_found', `no topic "${name}" is declared; see topologies/topics.yaml`);
    return topic;
  }

  private openPartition(topic: string, partition: number): Partition {
    const prefix = key(topic, partition);
    const last = this.records.first({ start: prefix, end: after(prefix), reverse: true });
    const next = last ? numberAt(last.key, -8) + 1 : 0;
    const time = last ? numberAt(last.value, 0) : 0;
    const tail = new Tail(tailBound, next, (from, max) => this.older(topic, partition, from, max));
    return { tail, next, time };
  }

  private older(topic: string, partition: number, from: number, max: number): LogRecord[] {
    const out: LogRecord[] = [];
    const range = { start: key(topic, partition, from), end: after(key(topic, partition)), limit: max };
    for (const { key: at, value } of this.records.range(range)) {
      const length = value.readUInt16BE(8);
      const text = value.toString('utf8', 10, 10 + length);
      out.push(
        new KeptRecord(
          this.codec,
          topic,
          partition,
          numberAt(at, -8),
          numberAt(value, 0),
          text,
          undefined,
          value.subarray(10 + length),
        ),
      );
    }
    // Offsets have no gaps here: one that is missing was removed by its topic's retention.
    return out[0]?.offset === from ? out : [];
  }
}

/** What lmdb keeps of a record: append time, key, value. */
function envelope(record: KeptRecord): Buffer {
  const bytes = record.bytes();
  const length = Buffer.byteLength(record.key);
  const buffer = Buffer.allocUnsafe(10 + length + bytes.length);
  buffer.writeUInt32BE(Math.floor(record.time / 4294967296), 0);
  buffer.writeUInt32BE(record.time >>> 0, 4);
  buffer.writeUInt16BE(length, 8);
  buffer.write(record.key, 10);
  bytes.copy(buffer, 10 + length);
  return buffer;
}
