import { MillraceError } from '../errors/error.ts';
import { partitionOf } from '../keys.ts';
import type { Codec, Decoded } from '../schemas/codec.ts';
import type { Append, Log, LogReader, Position, TopicSpec } from './port.ts';
import { KeptRecord } from './record.ts';
import { Tail } from './tail.ts';

/**
 * A log in memory: the volatile topics of the embedded log, and a log for tests. Each partition keeps its newest
 * `bound` records; a reader further behind gets `conflict`.
 */
export class MemoryLog implements Log {
  private readonly topics = new Map<string, { spec: TopicSpec; tails: Tail[]; times: number[] }>();

  constructor(
    private readonly codec: Codec,
    private readonly clock: () => number = Date.now,
    private readonly bound = 16_384,
  ) {}

  async declare(topics: TopicSpec[]): Promise<void> {
    for (const spec of topics) {
      const known = this.topics.get(spec.name);
      if (known && known.spec.partitions !== spec.partitions) throw partitionsAreFinal(known.spec, spec);
      if (known) continue;
      const partitions = Array.from({ length: spec.partitions });
      this.topics.set(spec.name, {
        spec,
        tails: partitions.map(() => new Tail(this.bound, 0)),
        times: partitions.map(() => 0),
      });
    }
  }

  topic(name: string): TopicSpec | undefined {
    return this.topics.get(name)?.spec;
  }

  isVolatile(topic: string): boolean {
    return this.topics.get(topic)?.spec.volatile ?? false;
  }

  async append(records: Append[]): Promise<Position[]> {
    return this.appendNow(records);
  }

  /** As `append`, at once: a unit of work publishes its volatile records by it. */
  appendNow(records: Append[]): Position[] {
    const touched = new Set<Tail>();
    const positions = records.map((record) => {
      const topic = this.find(record.topic);
      const partition = record.partition ?? partitionOf(record.key, topic.spec.partitions);
      const tail = topic.tails[partition]!;
      const time = Math.max(this.clock(), topic.times[partition]!);
      topic.times[partition] = time;
      const offset = tail.bounds().end;
      const value = { schema: record.schema, value: record.value } as Decoded;
      tail.push(new KeptRecord(this.codec, record.topic, partition, offset, time, record.key, value, undefined));
      touched.add(tail);
      return { partition, offset };
    });
    for (const tail of touched) tail.wake();
    return positions;
  }

  reader(topic: string, partition: number, from: number | 'end'): LogReader {
    const tail = this.find(topic).tails[partition]!;
    return tail.reader(from === 'end' ? tail.bounds().end : from);
  }

  async bounds(topic: string, partition: number): Promise<{ start: number; end: number }> {
    return this.find(topic).tails[partition]!.bounds();
  }

  async offsetAt(topic: string, partition: number, time: number): Promise<number> {
    const tail = this.find(topic).tails[partition]!;
    return firstAt(tail.bounds(), time, (offset) => tail.at(offset).time);
  }

  async close(): Promise<void> {
    this.topics.clear();
  }

  private find(name: string) {
    const topic = this.topics.get(name);
    if (!topic) throw new MillraceError('not_found', `no topic "${name}" is declared; see topologies/topics.yaml`);
    return topic;
  }
}

/** The first offset in bounds whose time is `time` or later; times never fall, so that halving finds it. */
export function firstAt(
  { start, end }: { start: number; end: number },
  time: number,
  timeOf: (offset: number) => number,
): number {
  let [low, high] = [start, end];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (timeOf(middle) >= time) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function partitionsAreFinal(known: TopicSpec, wanted: TopicSpec, wayOut = ''): MillraceError {
  return new MillraceError(
    'conflict',
    `topic ${known.name} has ${known.partitions} partitions and can't get ${wanted.partitions}: the count is final, for it decides where each key lies${wayOut}`,
  );
}
