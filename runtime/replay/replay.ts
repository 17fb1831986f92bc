import { MillraceError, messageOf } from '../../platform/errors/error.ts';
import { partitionOf } from '../../platform/keys.ts';
import type { Append, LogRecord } from '../../platform/log/port.ts';
import type { SearchDocument } from '../../platform/search/port.ts';
import type { ControlLog } from '../deployment/control-log.ts';
import type { ReplayJob } from '../deployment/deployments.ts';
import { shownKey } from '../observing/shown-key.ts';
import { Committer } from '../task/committer.ts';
import { deadLetter } from '../task/dead-letter.ts';
import type { Intake } from '../task/intake.ts';
import type { TaskObserver } from '../task/observer.ts';
import { policyOf } from '../task/policy.ts';
import type { TaskPorts } from '../task/ports.ts';
import { UnitMaker } from '../task/unit-maker.ts';
import type { WorkUnit } from '../task/work-unit.ts';
import type { SourcePlan, TopologyPlan } from '../topology/plan.ts';
import type { ReplayOptions } from './options.ts';
import { Pace } from './pace.ts';
import { Sample } from './sample.ts';

/** Reads a topic's past back from a store, in pages, as records that are like the topic's. */
export type ReadBack = (
  cursor: string | null,
  limit: number,
) => Promise<{ records: LogRecord[]; cursor: string | null }>;

export interface ReplayPorts extends TaskPorts {
  control: Pick<ControlLog, 'put'>;
  /** By topic; for those whose `store` topics.yaml names. */
  readBack: { [topic: string]: ReadBack };
}

export interface ReplayProgress {
  phase: 'store' | 'log';
  records: number;
  /** An estimate while the store is read. */
  total: number | null;
  seconds: number;
}

const pageSize = 500;
/** At least this often what is done is noted, so that a replay that was killed has little to do again. */
const noteEvery_ms = 1000;
/** Of each this many documents one is compared in content afterwards; of more than a million fewer. */
const sampleEvery = 50;
/** Enough that a rule that went wrong is met. */
const mostSamples = 20_000;
/** Records that the log holds and does not give for so long are away with it. */
const patience_ms = 5000;

/**
 * Runs a topology's steps over the past of its source again, into sinks that take a record twice without harm: what a store
 * keeps first, then the log from the offsets that were noted before the store was read, so that between the two nothing is
 * missed and what comes twice is the same. Everything since reaches the sinks by the topology that runs all the while.
 */
export class Replay {
  private readonly sampled = new Sample<SearchDocument>(sampleEvery, mostSamples);
  private readonly maker: UnitMaker;
  private readonly committer: Committer;
  private readonly pace: Pace;
  private noted = 0;

  constructor(
    private readonly plan: TopologyPlan,
    private readonly source: SourcePlan,
    private readonly options: ReplayOptions,
    private job: ReplayJob,
    private readonly ports: ReplayPorts,
    private readonly observer: TaskObserver,
  ) {
    const { search } = ports;
    const index = (documents: SearchDocument[]): Promise<void> => {
      for (const document of documents) this.sampled.pass(document);
      return search.index(documents, job.generation ?? undefined);
    };
    const own = { ...ports, search: { index } as typeof search };
    // Its units carry no offsets and no states, so that nothing of the topology that runs is touched.
    this.maker = new UnitMaker(plan, 0, 1, own, observer);
    const counting = { ...observer, deadLettered: (node: string, error: unknown) => this.gaveUp(node, error) };
    this.committer = new Committer(plan, this.maker, own, counting, false);
    this.pace = new Pace(options.rate, ports.clock);
  }

  /**
   * Ends when all is done that was there at its start and what came since. What a node refuses for good goes to dead letters
   * where its policy says so, and is counted; else it is an error: `conflict` with the node and the record for a step.
   */
  async *run(estimate: number | null, signal: AbortSignal): AsyncGenerator<ReplayProgress> {
    const began = this.ports.clock.now();
    const before = this.job.records;
    const progress = (phase: ReplayProgress['phase'], total: number | null): ReplayProgress => ({
      phase,
      records: this.job.records,
      total,
      seconds: (this.ports.clock.now() - began) / 1000,
    });
    if (this.job.next.length === 0) await this.note({ next: await this.starts() });
    if (this.options.from.kind === 'store') {
      for await (const _ of this.scan(signal)) yield progress('store', estimate);
    }
    for await (const left of this.follow(signal)) yield progress('log', this.job.records + left);
    await this.note({});
    if (this.job.records === before) yield progress('log', this.job.records);
  }

  get records(): number {
    return this.job.records;
  }

  /** Records that went to dead letters, since the replay began: those of a page that a kill interrupted count once. */
  get deadLetters(): number {
    return this.job.dead_letters;
  }

  /** Of the documents that were written, for comparing. */
  get sample(): readonly SearchDocument[] {
    return this.sampled.items;
  }

  /** Where the log is to be read from, in each partition: noted before anything is read. */
  private async starts(): Promise<ReplayJob['next']> {
    const { log } = this.ports;
    const { from } = this.options;
    const count = log.topic(this.source.topic)!.partitions;
    const wanted = this.options.partitions ?? Array.from({ length: count }, (_, partition) => partition);
    const beyond = wanted.find((partition) => partition >= count);
    if (beyond !== undefined)
      throw new MillraceError(
        'invalid_request',
        `partitions: ${this.source.topic} has ${count}, counted from 0; not ${beyond}`,
      );
    return Promise.all(
      wanted.map(async (partition) => {
        const { start, end } = await log.bounds(this.source.topic, partition);
        if (from.kind === 'store') return { partition, offset: end };
        if (from.kind === 'start') return { partition, offset: start };
        if (from.kind === 'time')
          return { partition, offset: await log.offsetAt(this.source.topic, partition, from.time) };
        if (from.offset < start)
          throw new MillraceError(
            'conflict',
            `partition ${partition} keeps records from offset ${start} on; for all there is, replay from the store`,
          );
        return { partition, offset: Math.min(from.offset, end) };
      }),
    );
  }

  private async *scan(signal: AbortSignal): AsyncGenerator<void> {
    const readBack = this.ports.readBack[this.source.topic];
    if (!readBack)
      throw new MillraceError('conflict', `no store keeps what ${this.source.topic} had; replay from --from start`);
    while (!this.job.scanned) {
      // Before the page is read: what is taken out of the store and the index while it waits must not come back.
      await this.pace.turn(signal);
      stopped(signal);
      const { records, cursor } = await readBack(this.job.cursor, pageSize);
      await this.write(records, signal);
      await this.note({ cursor, scanned: cursor === null, records: this.job.records + records.length }, noteEvery_ms);
      yield;
    }
  }

  private async *follow(signal: AbortSignal): AsyncGenerator<number> {
    for (const position of this.job.next) {
      const { partition } = position;
      for (;;) {
        await this.pace.turn(signal);
        stopped(signal);
        const { end } = await this.ports.log.bounds(this.source.topic, partition);
        if (position.offset >= end) break;
        const records = await this.read(partition, position.offset, Math.min(pageSize, end - position.offset));
        await this.write(records, signal);
        position.offset = records.at(-1)!.offset + 1;
        await this.note({ records: this.job.records + records.length }, noteEvery_ms);
        yield end - position.offset;
      }
    }
  }

  /** Records that are there: none would end the replay short of them. */
  private async read(partition: number, from: number, max: number): Promise<LogRecord[]> {
    const { topic } = this.source;
    const reader = this.ports.log.reader(topic, partition, from);
    try {
      const records = await reader.next(max, patience_ms);
      if (records.length > 0) return records;
      const detail = `the log does not give what it holds of ${topic}/${partition}; the same command goes on from there`;
      throw new MillraceError('unavailable', detail);
    } finally {
      reader.close();
    }
  }

  private async write(page: LogRecord[], signal: AbortSignal): Promise<void> {
    const { keys, partitions } = this.options;
    const count = this.ports.log.topic(this.source.topic)!.partitions;
    const records = page.filter(
      ({ key }) => (!keys || keys.includes(key)) && (!partitions || partitions.includes(partitionOf(key, count))),
    );
    this.pace.spend(page.length);
    if (records.length === 0) return;
    const unit = this.maker.make(this.intake, records);
    await this.committer.commit(unit.failure ? this.withLetters(records) : unit, this.intake, records, signal);
  }

  /**
   * A unit of those records that the steps take, each tried alone, and of dead letters of the others. A step has no clock and
   * no I/O: what it failed on it would fail on again, so that nothing is retried. Error: `conflict` where a policy has no
   * dead letters.
   */
  private withLetters(records: LogRecord[]): WorkUnit {
    const letters: Append[] = [];
    const taken = records.filter((record) => {
      const { failure } = this.maker.make(this.intake, [record]);
      if (!failure) return true;
      const { node, error } = failure;
      if (policyOf(this.plan, node, record).then === 'pause-source') throw this.refused(record, failure);
      const where = { topology: this.plan.name, node, source: this.source.id };
      letters.push(deadLetter(where, record, { error, attempts: 1 }));
      this.gaveUp(node, error);
      return false;
    });
    const unit = taken.length > 0 ? this.maker.make(this.intake, taken) : this.maker.empty();
    if (unit.failure) throw new MillraceError('internal', 'a step failed on records that it takes one by one');
    unit.appends.push(...letters);
    return unit;
  }

  private gaveUp(node: string, error: unknown): void {
    this.job = { ...this.job, dead_letters: this.job.dead_letters + 1 };
    this.observer.deadLettered(node, error);
  }

  /** What a step fails on, told so that it can be looked at. */
  private refused(record: LogRecord, { node, error }: { node: string; error: unknown }): MillraceError {
    const detail = `"${node}" fails on ${this.source.topic} ${record.partition}@${record.offset} (${shownKey(record.key)}): ${messageOf(error)}; once it is mended and deployed, the same command goes on from there`;
    return new MillraceError('conflict', detail, { cause: error });
  }

  /** Notes how far it has come; with `every`, only when the last time is so long ago. */
  private async note(change: Partial<ReplayJob>, every = 0): Promise<void> {
    const now = this.ports.clock.now();
    this.job = { ...this.job, ...change, at: now };
    if (now - this.noted < every) return;
    this.noted = now;
    await this.ports.control.put({ Replay: structuredClone(this.job) });
  }

  private get intake(): Intake {
    const { id, topic, batch } = this.source;
    return {
      kind: 'source',
      id,
      node: this.source,
      topic,
      partition: 0,
      consumer: undefined,
      batch,
      in_flight: 1,
      ahead: false,
      leadsTo: new Set(),
    };
  }
}

function stopped(signal: AbortSignal): void {
  if (signal.aborted)
    throw new MillraceError('unavailable', 'the replay was stopped; the same command goes on with it');
}
