import type { Codec } from '../../platform/schemas/codec.ts';
import { fileCodec } from '../../platform/schemas/files.ts';
import type { SearchIndex } from '../../platform/search/port.ts';
import { parseDuration } from '../duration.ts';
import { Task } from '../task/task.ts';
import type { Plans, TopologyPlan } from '../topology/plan.ts';
import { topicSpecs } from '../topology/topic-specs.ts';
import { type Failure, Failures } from './failures.ts';
import { appendOf, byTopic, type Given } from './given.ts';
import { Journal } from './journal.ts';
import { keepAlive } from './lives.ts';
import { plannedEffects, plannedPlan } from './planned.ts';
import {
  type Emitted,
  readDeadLetters,
  readOutputs,
  readState,
  readWaiting,
  type SeenDeadLetter,
  type Waiting,
} from './read-back.ts';
import { type CrashPoint, TornEngine } from './torn-engine.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface DriveOptions {
  /** When the clock starts; ISO, or milliseconds since 1970. Default: 2026-01-01T00:00:00Z. */
  at?: string | number;
  /** Gateway slots that there are topics for. Default: 0 and 1. */
  gateways?: string[];
  /** Records that lie on topics before the first task starts. */
  before?: Given[];
  /** How many turns of the event loop each commit takes: several are then under way at once. Default: none. */
  slowness?: () => number;
}

/** As long as `settle` moves the clock for work that does not end. */
const patience_ms = 10 * 60_000;

let codec: Codec | undefined;

/**
 * Runs one topology of a set, in one partition, over engines in memory and a clock that stands still. A task that ends
 * by a planned crash begins anew at once on what is left; one that fails otherwise after the runtime's own pause.
 */
export async function drive(plans: Plans, topology: string, options: DriveOptions = {}): Promise<Run> {
  const plan = plans.topologies.find(({ name }) => name === topology);
  if (!plan) throw new Error(`there is no topology "${topology}"`);
  codec ??= fileCodec();
  const run = new Run(plans, plan, codec, options);
  await run.start(options);
  return run;
}

/** A topology under test; made by `drive`. */
export class Run {
  readonly engine: TornEngine;
  readonly clock: VirtualClock;
  private readonly at: number;
  /** What the tasks told of their work: retries, failures, lives. */
  readonly journal: Journal;
  /** Called when a planned crash has come, before a new task begins: to look at what is left. */
  atCrash: () => void = () => undefined;
  private readonly failures = new Failures();
  private task: Task | undefined;
  private stopping = new AbortController();
  private living: Promise<void> = Promise.resolve();

  constructor(
    readonly plans: Plans,
    readonly plan: TopologyPlan,
    private readonly codec: Codec,
    { at = '2026-01-01T00:00:00Z', slowness }: DriveOptions,
  ) {
    this.at = typeof at === 'number' ? at : Date.parse(at);
    // What lies there before has come, and is taken, before that time.
    this.clock = new VirtualClock(this.at - 1000);
    this.engine = new TornEngine(codec, () => this.clock.now());
    if (slowness) this.engine.slowness = slowness;
    this.journal = new Journal(this.engine);
  }

  /** Declares the topics and starts the first task. */
  async start({ gateways = ['0', '1'], before = [] }: DriveOptions): Promise<void> {
    await this.engine.log.declare(topicSpecs(this.plans, { partitions: 1, gateways }));
    this.engine.log.appendNow(before.map((record) => appendOf(record, this.plans)));
    await this.begin();
    await this.settle();
    await this.advance(Math.max(0, this.at - this.clock.now()));
  }

  /**
   * Appends records at the clock's time and lets be done what can be done at once. Records of one topic in a row come
   * together; where the topic changes, what came before is taken first.
   */
  async give(records: Given[]): Promise<void> {
    for (const together of byTopic(records)) {
      this.engine.log.appendNow(together.map((record) => appendOf(record, this.plans)));
      await this.drain();
    }
  }

  /** Moves the clock on by a duration (5s, or milliseconds), waking what sleeps at its own time. */
  async advance(by: string | number): Promise<void> {
    const milliseconds = typeof by === 'number' ? by : parseDuration(by);
    if (milliseconds === undefined) throw new Error(`"${by}" is no duration`);
    const until = this.clock.now() + milliseconds;
    await this.drain();
    while (this.clock.now() < until) {
      this.clock.moveTo(until);
      await this.drain();
    }
  }

  /** Moves the clock on until every source has taken all records, at most ten minutes: `waiting` tells what is left. */
  async settle(): Promise<void> {
    await this.drain();
    const until = this.clock.now() + patience_ms;
    while ((this.journal.underWay > 0 || (await this.waiting()).length > 0) && (this.clock.next() ?? until) < until) {
      this.clock.moveTo(until);
      await this.drain();
    }
  }

  /** The next calls of a node fail: a processor's step, a sink's effect. */
  failNext(node: string, failure: Failure): void {
    this.failures.plan(node, failure);
  }

  /** Failures and crashes that were planned and have not come yet, in words. */
  planned(): string[] {
    const crashes = this.engine.planned === 0 ? [] : ['a crash at a step that there was not'];
    return [...this.failures.left(), ...crashes];
  }

  /** Plans a crash: after so many more steps of commits, or before a step of a kind. */
  crashAt(point: number | CrashPoint): void {
    this.engine.crashAt(point);
  }

  /** Ends the task in order and starts a new one; with `forget` it finds no state but what can be made again. */
  async restart({ forget }: { forget?: 'state' } = {}): Promise<void> {
    await this.stop();
    if (forget === 'state') this.engine.forgetState();
    this.stopping = new AbortController();
    await this.begin();
  }

  /** What a sink wrote, in order. */
  outputs(sink: string): Emitted[] {
    return readOutputs(this.plan, sink, this.engine, this.codec);
  }

  /** Rows of a table of a node's state, by key. */
  state(node: string, table: string): Map<string, unknown> {
    return readState(this.plan, node, table, this.engine);
  }

  deadLetters(): SeenDeadLetter[] {
    return readDeadLetters(this.engine, this.codec);
  }

  /** Where a source goes on. */
  offset(source: string): number {
    return this.task?.positions.get(source) ?? 0;
  }

  /** Sources and tables that have not taken all that lies on their topics. */
  waiting(): Promise<Waiting[]> {
    return readWaiting(this.task, this.engine);
  }

  /** Ends the task; what was written can still be read. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.living;
  }

  private async begin(): Promise<void> {
    const { index, commit } = plannedEffects(this.plan, this.engine, this.failures);
    const search = { index } satisfies Pick<SearchIndex, 'index'> as unknown as SearchIndex;
    const units = { commit, offset: this.engine.offset.bind(this.engine) };
    const plan = plannedPlan(this.plan, this.failures);
    const life = async (signal: AbortSignal): Promise<void> => {
      const { log, state } = this.engine;
      const ports = { log, state, units, search, push: this.engine.push, clock: this.clock, codec: this.codec };
      this.task = new Task({ plan, partition: 0 }, ports, this.journal);
      await this.task.run(signal);
    };
    this.living = keepAlive(life, this, () => this.atCrash(), this.stopping.signal);
    await this.drain();
  }

  /** Lets be done what waits for no time: in memory that takes turns of the event loop only. */
  private async drain(): Promise<void> {
    let seen: number;
    do {
      seen = this.journal.activity + this.engine.steps.length;
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.engine.committing > 0 || this.journal.activity + this.engine.steps.length !== seen);
  }
}
