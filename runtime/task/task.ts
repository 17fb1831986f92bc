import type { LogRecord } from '../../platform/log/port.ts';
import { scopeOf } from '../scope.ts';
import type { TopologyPlan } from '../topology/plan.ts';
import { Committer } from './committer.ts';
import { findCut } from './cut.ts';
import { deadLetter } from './dead-letter.ts';
import { type Intake, intakesOf } from './intake.ts';
import type { TaskObserver } from './observer.ts';
import { Pauses } from './pauses.ts';
import { policyOf } from './policy.ts';
import type { TaskPorts } from './ports.ts';
import { restoreStates } from './restore.ts';
import { retrying, stuckAfter } from './retry.ts';
import { readIntake } from './source-loop.ts';
import { UnitMaker } from './unit-maker.ts';
import type { WorkUnit } from './work-unit.ts';

export interface TaskOptions {
  plan: TopologyPlan;
  partition: number;
  /** Under which its offsets and states are kept. Default 1. */
  generation?: number;
  /** It ends before the cut of a later one. Default 0. */
  deployment?: number;
  /**
   * Only makes states, beside the version that runs: nothing leaves it, and it ends before its own deployment's cut, or
   * at the offsets given here for its sources; of one without an offset nothing was taken, and nothing is.
   */
  shadow?: { until?: ReadonlyMap<string, number> };
  /** It is never run: it keeps the states up of a partition that runs elsewhere. */
  standby?: boolean;
  /** Where sources go on whose offsets are not kept. */
  positions?: ReadonlyMap<string, number>;
  pauses?: Pauses;
}

export interface TaskEnd {
  /** The deployment whose cut every source has reached; undefined: the signal ended it. */
  cut: number | undefined;
  /** The next offset of each source. */
  positions: Map<string, number>;
}

/** How long the other sources of a topology wait for one that a state folds, at most. */
const foldedFirst_ms = 10_000;

/**
 * One partition of one version of a topology: restores the states, then takes batches from the sources through the graph
 * and commits what follows from them, in order. Whatever fails beyond the topology's policy rejects `run`; a new task then
 * starts from the last commit.
 */
export class Task {
  readonly intakes: Intake[];
  readonly positions = new Map<string, number>();
  private readonly maker: UnitMaker;
  private readonly committer: Committer;
  private cut: number | undefined;
  private readonly onProgress = new Set<() => void>();
  /** The node whose step a record can't pass. */
  private stuckStep: string | undefined;

  constructor(
    private readonly options: TaskOptions,
    private readonly ports: TaskPorts,
    private readonly observer: TaskObserver,
  ) {
    const { plan, partition, generation = 1, shadow } = options;
    const intakes = intakesOf(plan, partition, scopeOf(plan.name, generation), ports.log);
    this.intakes = shadow ? intakesInShadow(intakes) : intakes;
    this.maker = new UnitMaker(plan, partition, generation, ports, observer);
    this.committer = new Committer(plan, this.maker, ports, observer, shadow !== undefined);
  }

  /** Brings the states up to what their topics hold; resolves with where each intake goes on. */
  async restore(signal: AbortSignal): Promise<Map<string, number>> {
    const { plan, partition, generation = 1, positions, standby = false, shadow } = this.options;
    const where = { partition, generation, positions, standby, isNew: shadow !== undefined };
    return restoreStates(plan, this.intakes, this.maker.views, where, this.ports, signal);
  }

  /** Runs until the signal aborts or the cut is reached, then lets the units under way end. */
  async run(signal: AbortSignal): Promise<TaskEnd> {
    const failure = new AbortController();
    const ends = AbortSignal.any([signal, failure.signal]);
    const starts = await this.restore(ends);
    for (const [id, offset] of starts) this.positions.set(id, offset);
    const sources = this.intakes.filter((intake) => intake.kind === 'source');
    if (sources.length === 1) this.maker.goOnFrom(starts.get(sources[0]!.id)!);
    const underWay = new Set<Promise<void>>();
    let error: unknown;
    const fail = (reason: unknown): void => {
      error ??= reason;
      failure.abort();
    };
    const track = (commit: Promise<void>, done: () => void): void => {
      const finished: Promise<void> = commit.then(done, fail).finally(() => underWay.delete(finished));
      underWay.add(finished);
    };
    const read = async (intake: Intake): Promise<void> => {
      if (this.hasEnded(intake, starts.get(intake.id)!)) return;
      try {
        const reader = this.ports.log.reader(intake.topic, intake.partition, starts.get(intake.id)!, intake);
        const context = { clock: this.ports.clock, pauses: this.options.pauses ?? unpaused };
        await readIntake(intake, reader, context, ends, (records, done) =>
          this.handle(intake, records, ends, done, track),
        );
      } catch (reason) {
        fail(reason);
      }
    };
    const tables = this.intakes.filter((intake) => intake.kind === 'table');
    const following = tables.map(read);
    for (const table of tables) await this.caughtUp(table, ends);
    const folded = new Map(sources.filter((source) => this.isFolded(source)).map((source) => [source, read(source)]));
    for (const [source, ended] of folded) {
      if (this.isHeld(source)) continue;
      // Not for ever: one that can't go on must not hold up the others.
      await Promise.race([this.caughtUp(source, ends), ended, this.ports.clock.sleep(foldedFirst_ms, ends)]);
    }
    const others = this.intakes.filter((intake) => intake.kind === 'redrives').map(read);
    const readOn = (source: Intake): Promise<void> => folded.get(source) ?? read(source);
    const bounded = sources.filter((source) => this.endsAtCut(source)).map(readOn);
    const unbounded = sources.filter((source) => !this.endsAtCut(source)).map(readOn);
    await Promise.all(bounded);
    // Units first: an effect that is under way must not be cut off by an end that is none.
    await Promise.all([...underWay]);
    if (bounded.length > 0) failure.abort();
    await Promise.all([...following, ...others, ...unbounded]);
    await Promise.all(underWay);
    this.maker.close();
    if (error !== undefined) throw error;
    return { cut: signal.aborted ? undefined : this.cut, positions: this.positions };
  }

  /** The node that a record can't pass, tried several times already. */
  get stuckOn(): string | undefined {
    return this.stuckStep ?? this.committer.stuckOn;
  }

  /** Whether a task that only makes states is about where the one that runs is. */
  async isNearEnd(): Promise<boolean> {
    for (const intake of this.intakes) {
      const { end } = await this.ports.log.bounds(intake.topic, intake.partition);
      if (end - (this.positions.get(intake.id) ?? 0) > intake.batch.size) return false;
    }
    return true;
  }

  /** Whether an operator holds what an intake leads to. */
  isHeld(intake: Intake): boolean {
    return this.options.pauses?.holds(intake.leadsTo) ?? false;
  }

  /** A topic that each task reads whole, from its start, has no place at which one ends and another begins. */
  private endsAtCut(intake: Intake): boolean {
    return intake.node?.kind === 'source' && !intake.node.broadcast;
  }

  /** Whether a state is made of this source: where it was lost, records of the others must not pass before it is there. */
  private isFolded({ topic }: Intake): boolean {
    return this.options.plan.nodes.some(
      (node) => node.kind === 'processor' && node.state && 'folds' in node.state && node.state.folds === topic,
    );
  }

  /** A join must not miss rows that were there before the record, nor a step what its state folds. */
  private async caughtUp(intake: Intake, signal: AbortSignal): Promise<void> {
    const { end } = await this.ports.log.bounds(intake.topic, intake.partition);
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!signal.aborted && this.positions.get(intake.id)! < end) return;
        this.onProgress.delete(look);
        resolve();
      };
      this.onProgress.add(look);
      signal.addEventListener('abort', look, { once: true });
      look();
    });
  }

  /** Takes a batch through the graph, up to a cut, and has it committed. A batch that fails is taken record by record. */
  private async handle(
    intake: Intake,
    batch: LogRecord[],
    signal: AbortSignal,
    done: () => void,
    track: (commit: Promise<void>, done: () => void) => void,
  ): Promise<'more' | 'end'> {
    const records = this.beforeEnd(intake, batch);
    if (records.length === 0) {
      done();
      return 'end';
    }
    const ends = records.length < batch.length || this.hasEnded(intake, records.at(-1)!.offset + 1);
    const result = ends ? 'end' : 'more';
    const unit = this.maker.make(intake, records);
    if (!unit.failure) {
      track(this.commit(unit, intake, records, signal), done);
      return result;
    }
    const commits: Promise<void>[] = [];
    try {
      for (const record of records) {
        const alone = await this.settleAlone(intake, record, signal);
        if (!alone) break;
        const commit = this.commit(alone, intake, [record], signal);
        // At once: it may be refused while a later record is tried again.
        track(commit, () => undefined);
        commits.push(commit);
      }
    } finally {
      void Promise.allSettled(commits).then(done);
    }
    return result;
  }

  /** Where a shadow's source ends; undefined: it ends at a cut. */
  private untilOf(intake: Intake): number | undefined {
    const until = this.options.shadow?.until;
    return until && this.endsAtCut(intake) ? (until.get(intake.id) ?? 0) : undefined;
  }

  /** Whether a shadow's source needs no record from here on: there may be none, and none may come. */
  private hasEnded(intake: Intake, next: number): boolean {
    const until = this.untilOf(intake);
    return until !== undefined && next >= until;
  }

  /** The records of a batch that are this task's. */
  private beforeEnd(intake: Intake, batch: LogRecord[]): LogRecord[] {
    if (!this.endsAtCut(intake)) return batch;
    const { plan, deployment = 0, shadow } = this.options;
    const until = this.untilOf(intake);
    const end =
      until === undefined
        ? findCut(batch, plan.name, (other) => (shadow ? other >= deployment : other > deployment))
        : batch.findIndex((record) => record.offset >= until);
    if (end < 0) return batch;
    if (until === undefined) this.cut = (batch[end]!.decoded().value as { deployment: number }).deployment;
    return batch.slice(0, end);
  }

  private async commit(unit: WorkUnit, intake: Intake, records: LogRecord[], signal: AbortSignal): Promise<void> {
    await this.committer.commit(unit, intake, records, signal);
    this.positions.set(intake.id, records.at(-1)!.offset + 1);
    for (const look of this.onProgress) look();
  }

  /** One record by its node's policy: tries again, then a dead letter or an error. Undefined once the signal aborts. */
  private async settleAlone(intake: Intake, record: LogRecord, signal: AbortSignal): Promise<WorkUnit | undefined> {
    let unit = this.maker.make(intake, [record]);
    if (!unit.failure) return unit;
    const { node } = unit.failure;
    const policy = policyOf(this.options.plan, node, record);
    const work = async (): Promise<void> => {
      if (!unit.failure) unit = this.maker.make(intake, [record]);
      if (!unit.failure) return;
      const { error } = unit.failure;
      unit.failure = undefined;
      throw error;
    };
    const gaveUp = await retrying(policy, this.ports.clock, signal, work, (error, attempt) => {
      if (attempt >= stuckAfter) this.stuckStep = node;
      this.observer.retried(node, error, attempt);
    });
    this.stuckStep = undefined;
    if (!gaveUp) return signal.aborted ? undefined : unit;
    if (policy.then === 'pause-source') throw gaveUp.error;
    this.observer.deadLettered(node, gaveUp.error);
    const letter = this.maker.empty();
    letter.appends.push(deadLetter({ topology: this.options.plan.name, node, source: intake.id }, record, gaveUp));
    this.maker.note(letter, intake, record.offset + 1);
    return letter;
  }
}

/** Dead letters come back to the version that runs, whose commits are ahead of this one's. */
function intakesInShadow(intakes: Intake[]): Intake[] {
  return intakes.filter(({ kind }) => kind !== 'redrives').map((intake) => ({ ...intake, ahead: false }));
}

const unpaused = new Pauses();
