import type { Log, LogRecord } from '../platform/log/port.ts';
import type { SearchIndex } from '../platform/search/port.ts';
import type { StateStore } from '../platform/state/port.ts';
import type { Units } from '../platform/units/port.ts';
import type { Clock } from './clock.ts';
import { deadLetter } from './dead-letter.ts';
import { buildGraph, type Graph } from './graph.ts';
import type { TaskObserver } from './observer.ts';
import type { Input } from './processor.ts';
import { restoreChangelog, restoreFold } from './restore.ts';
import { retrying } from './retry.ts';
import { readSource } from './source-loop.ts';
import { StateView } from './state-view.ts';
import type { ErrorPolicy } from './topology/format.ts';
import type { ProcessorPlan, SourcePlan, TopologyPlan } from './topology/plan.ts';
import { WorkUnit } from './work-unit.ts';

export interface TaskPorts {
  log: Log;
  state: StateStore;
  units: Units;
  search: SearchIndex;
  clock: Clock;
}

/**
 * One partition of one topology: restores the states, then takes batches from the sources through the graph and commits
 * what follows from them, in order. Whatever fails beyond the topology's policy rejects `run`; a new task then starts
 * from the last commit.
 */
export class Task {
  private readonly views = new Map<string, StateView>();
  private readonly graph: Graph;
  private units = 0;
  /** Resolves once the last unit's commit has been called: commits are called in order. */
  private called: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly plan: TopologyPlan,
    private readonly partition: number,
    private readonly ports: TaskPorts,
    private readonly observer: TaskObserver,
  ) {
    for (const node of plan.nodes) {
      if (node.kind !== 'processor' || !node.processor.tables) continue;
      const kept = ports.state.open(`${plan.name}/${node.id}`, partition, { volatile: this.isVolatile(node) });
      this.views.set(node.id, new StateView(kept, node.processor.tables));
    }
    this.graph = buildGraph(plan, this.views, (node, taken, gave, ms) => observer.passed(node, taken, gave, ms));
  }

  /** Runs until the signal aborts, then lets the units under way end. */
  async run(signal: AbortSignal): Promise<void> {
    const failure = new AbortController();
    const ends = AbortSignal.any([signal, failure.signal]);
    const starts = await this.restore(ends);
    const sources = this.plan.nodes.filter((node): node is SourcePlan => node.kind === 'source');
    const underWay = new Set<Promise<void>>();
    let error: unknown;
    const fail = (reason: unknown): void => {
      error ??= reason;
      failure.abort();
    };
    await Promise.all(
      sources.map(async (source) => {
        const partition = source.broadcast ? 0 : this.partition;
        try {
          const reader = this.ports.log.reader(source.topic, partition, starts.get(source.id)!);
          await readSource(source, reader, this.ports.clock, ends, (records, done) =>
            this.handle(source, records, ends, (commit) => {
              const finished: Promise<void> = commit.then(done, fail).finally(() => underWay.delete(finished));
              underWay.add(finished);
            }),
          );
        } catch (reason) {
          fail(reason);
        }
      }),
    );
    await Promise.all(underWay);
    this.graph.close();
    if (error !== undefined) throw error;
  }

  /** States first; then where each source goes on. */
  private async restore(signal: AbortSignal): Promise<Map<string, number>> {
    const starts = new Map<string, number>();
    for (const node of this.plan.nodes) {
      if (node.kind !== 'source') continue;
      const { start } = await this.ports.log.bounds(node.topic, node.broadcast ? 0 : this.partition);
      const kept = this.keepsOffset(node)
        ? await this.ports.units.offset(this.consumer(node), this.partition)
        : undefined;
      // What retention removed before it was read is gone for this consumer; the rest is not.
      starts.set(node.id, Math.max(kept ?? start, start));
    }
    for (const node of this.plan.nodes) {
      if (node.kind !== 'processor' || !node.state) continue;
      const view = this.views.get(node.id)!;
      let origin = 0;
      if ('changelog' in node.state) {
        origin = await restoreChangelog(node.state.changelog, view, this.partition, this.ports, signal);
      } else if (!this.plan.nodes.some((other) => other.kind === 'source' && this.foldsInput(node, other))) {
        origin = await restoreFold({ ...node, state: node.state }, view, this.partition, this.ports, signal);
      }
      // With one source, what the state has seen of it tells where it goes on; a commit may have stopped half way.
      const [only, ...more] = this.plan.nodes.filter((other) => other.kind === 'source');
      if (only && more.length === 0 && origin > (starts.get(only.id) ?? 0)) {
        starts.set(only.id, origin);
        const offsets = [{ consumer: this.consumer(only), partition: this.partition, offset: origin }];
        await this.ports.units.commit({ rows: [], appends: [], state: [], offsets, folds: [] });
      }
    }
    return starts;
  }

  /** Takes a batch through the graph and hands its commit to `track`. A batch that fails is taken record by record. */
  private async handle(
    source: SourcePlan,
    records: LogRecord[],
    signal: AbortSignal,
    track: (commit: Promise<void>) => void,
  ): Promise<void> {
    const unit = this.attempt(source, records);
    if (!unit.failure) return track(this.commit(unit, source, records, signal));
    const commits: Promise<void>[] = [];
    for (const record of records) {
      const alone = await this.settleAlone(source, record, signal);
      if (!alone) break;
      commits.push(this.commit(alone, source, [record], signal));
    }
    track(Promise.all(commits).then(() => undefined));
  }

  /** One record by the topology's policy: tries again, then a dead letter or an error. Undefined once the signal aborts. */
  private async settleAlone(source: SourcePlan, record: LogRecord, signal: AbortSignal): Promise<WorkUnit | undefined> {
    let unit: WorkUnit | undefined;
    const work = async (): Promise<void> => {
      unit = this.attempt(source, [record]);
      if (unit.failure) throw unit.failure.error;
    };
    const nodeOf = (): string => unit?.failure?.node ?? source.id;
    // What no schema here can read stays unreadable; it has no place in any order yet, so it may step aside.
    const policy = isReadable(record) ? this.plan.errors : unreadable;
    const gaveUp = await retrying(policy, this.ports.clock, signal, work, (error, attempt) =>
      this.observer.retried(nodeOf(), error, attempt),
    );
    if (!gaveUp) return unit?.failure ? undefined : unit;
    if (policy.then === 'pause-source') throw gaveUp.error;
    const node = nodeOf();
    this.observer.deadLettered(node, gaveUp.error);
    const letter = new WorkUnit(++this.units);
    letter.appends.push(deadLetter({ topology: this.plan.name, node, source: source.id }, record, gaveUp));
    this.note(letter, source, record.offset + 1);
    return letter;
  }

  /** Runs the graph over records; takes the states back where a step failed. */
  private attempt(source: SourcePlan, records: LogRecord[]): WorkUnit {
    const unit = new WorkUnit(++this.units);
    for (const view of this.views.values()) view.begin(unit);
    try {
      const inputs = records.map((record): Input => {
        const { schema, value } = record.decoded();
        const { key, time, offset, partition } = record;
        return { schema, value, key, time, offset, partition } as Input;
      });
      this.observer.passed(source.id, inputs.length, inputs, 0);
      this.graph.push(source.id, { unit, records: inputs });
      if (!unit.failure) this.note(unit, source, records.at(-1)!.offset + 1);
    } catch (error) {
      unit.failure ??= { node: source.id, error };
    }
    if (unit.failure) for (const view of this.views.values()) view.rollback();
    return unit;
  }

  /** Adds to a unit how far its source and its states have come. */
  private note(unit: WorkUnit, source: SourcePlan, next: number): void {
    if (this.keepsOffset(source))
      unit.offsets.push({ consumer: this.consumer(source), partition: this.partition, offset: next });
    for (const node of this.plan.nodes) {
      if (node.kind !== 'processor' || !node.state) continue;
      const view = this.views.get(node.id)!;
      if ('changelog' in node.state) {
        const changes = view.changelog(unit, node.state.changelog, this.partition, next);
        if (changes.length > 0) unit.folds.push({ state: view.id, topic: node.state.changelog, origin: next });
        unit.appends.push(...changes);
      } else if (this.foldsInput(node, source)) {
        view.setOwn('fold', { next, origin: 0 });
      } else if (unit.appends.some(({ topic }) => 'folds' in node.state! && topic === node.state.folds)) {
        unit.folds.push({ state: view.id, topic: node.state.folds, origin: next });
      }
      view.sweep();
    }
  }

  /** Effects first, then the commit, called in the order of the units. */
  private commit(unit: WorkUnit, source: SourcePlan, records: LogRecord[], signal: AbortSignal): Promise<void> {
    const began = performance.now();
    const before = this.called;
    this.observer.inFlight(1);
    const call = (async () => {
      if (unit.documents.length > 0) await this.index(unit, source, records, signal);
      await before;
      return { committing: this.ports.units.commit(unit) };
    })();
    this.called = call;
    return (async () => {
      try {
        await (await call).committing;
      } finally {
        this.observer.inFlight(-1);
      }
      for (const view of this.views.values()) view.settle(unit);
      this.observer.committed(source.id, records.at(-1)!.offset + 1, (performance.now() - began) / 1000);
    })();
  }

  private async index(unit: WorkUnit, source: SourcePlan, records: LogRecord[], signal: AbortSignal): Promise<void> {
    const node = this.plan.nodes.find((other) => other.kind === 'sink' && other.target.kind === 'search')!.id;
    const work = (): Promise<void> => this.ports.search.index(unit.documents);
    const gaveUp = await retrying(this.plan.errors, this.ports.clock, signal, work, (error, attempt) =>
      this.observer.retried(node, error, attempt),
    );
    if (signal.aborted) throw new Error('stopped before the effect was done');
    if (!gaveUp) return;
    if (this.plan.errors.then === 'pause-source') throw gaveUp.error;
    const where = { topology: this.plan.name, node, source: source.id };
    for (const record of records) unit.appends.push(deadLetter(where, record, gaveUp));
    this.observer.deadLettered(node, gaveUp.error);
  }

  private consumer(source: SourcePlan): string {
    return `${this.plan.name}/${source.id}`;
  }

  private isVolatile(node: ProcessorPlan): boolean {
    if (!node.state) return false;
    const topic = 'folds' in node.state ? node.state.folds : node.state.changelog;
    return this.ports.log.topic(topic)?.volatile ?? false;
  }

  /** A volatile topic begins anew with each process, and a broadcast one is read whole by each task. */
  private keepsOffset(source: SourcePlan): boolean {
    return !source.broadcast && !this.ports.log.topic(source.topic)?.volatile;
  }

  private foldsInput(node: ProcessorPlan, source: SourcePlan): boolean {
    return node.state !== undefined && 'folds' in node.state && node.state.folds === source.topic;
  }
}

const unreadable: ErrorPolicy = { retry: 0, then: 'dead-letter' };

function isReadable(record: LogRecord): boolean {
  try {
    record.decoded();
    return true;
  } catch {
    // The cause is found again, and kept, when the record is processed.
    return false;
  }
}
