import type { LogRecord } from '../../platform/log/port.ts';
import { traceUnit } from '../observing/unit-spans.ts';
import type { TopologyPlan } from '../topology/plan.ts';
import { deadLetter } from './dead-letter.ts';
import { Effects } from './effects.ts';
import type { Intake } from './intake.ts';
import type { TaskObserver } from './observer.ts';
import type { TaskPorts } from './ports.ts';
import type { UnitMaker } from './unit-maker.ts';
import type { WorkUnit } from './work-unit.ts';

/** Commits units: effects first, then the commit, called in the order of the units. */
export class Committer {
  private readonly effects: Effects;
  /** Resolves once the last unit's commit has been called. */
  private called: Promise<unknown> = Promise.resolve();
  private readonly changelogs: ReadonlySet<string>;
  private refused = false;

  constructor(
    private readonly plan: TopologyPlan,
    private readonly maker: UnitMaker,
    private readonly ports: TaskPorts,
    private readonly observer: TaskObserver,
    /** Only states and offsets are kept; nothing leaves. */
    private readonly shadow: boolean,
  ) {
    this.effects = new Effects(ports, ports.clock, observer);
    this.changelogs = new Set(
      plan.nodes.flatMap((node) =>
        node.kind === 'processor' && node.state && 'changelog' in node.state ? [node.state.changelog] : [],
      ),
    );
  }

  /** A node whose effects can't be carried out for now. */
  get stuckOn(): string | undefined {
    return this.effects.stuckOn;
  }

  /** Resolves once the unit is committed. Calls come in order; several may be under way. */
  async commit(unit: WorkUnit, intake: Intake, records: LogRecord[], signal: AbortSignal): Promise<void> {
    const began = performance.now();
    const before = this.called;
    if (this.shadow) this.keepIn(unit);
    this.observer.inFlight(1, intake.id);
    const call = (async () => {
      if (unit.effects.size > 0) await this.carryOut(unit, intake, records, signal);
      await before;
      this.checkOrder();
      return { committing: this.ports.units.commit(unit) };
    })();
    this.called = call;
    try {
      await (await call).committing;
      this.checkOrder();
    } catch (error) {
      this.refused = true;
      throw error;
    } finally {
      this.observer.inFlight(-1, intake.id);
    }
    this.maker.settle(unit);
    const { tracing } = this.ports;
    if (tracing?.on && !this.shadow) {
      const { partition } = records[0]!;
      traceUnit(tracing, { topology: this.plan.name, partition, unit, records, called: began });
    }
    this.observer.committed(intake.id, records.at(-1)!.offset + 1, (performance.now() - began) / 1000);
  }

  /** A unit behind one that was refused must not count: where the source goes on would be behind records that nobody took. */
  private checkOrder(): void {
    if (this.refused) throw new Error('an earlier unit of work was refused');
  }

  private async carryOut(unit: WorkUnit, intake: Intake, records: LogRecord[], signal: AbortSignal): Promise<void> {
    for (const { node, effect, error, attempts } of await this.effects.run(unit, signal)) {
      const record = records.find(({ offset }) => offset === effect.offset) ?? records.at(-1)!;
      const where = { topology: this.plan.name, node, source: intake.id };
      // Before the records that states are folded of: they tell where the source goes on, and a commit may tear.
      const folded = new Set(unit.folds.map(({ topic }) => topic));
      const at = unit.appends.findIndex(({ topic }) => folded.has(topic));
      unit.appends.splice(at < 0 ? unit.appends.length : at, 0, deadLetter(where, record, { error, attempts }));
      this.observer.deadLettered(node, error);
    }
  }

  private keepIn(unit: WorkUnit): void {
    unit.rows.length = 0;
    unit.effects.clear();
    const kept = unit.appends.filter(({ topic }) => this.changelogs.has(topic));
    unit.appends.splice(0, unit.appends.length, ...kept);
    const folds = unit.folds.filter(({ topic }) => this.changelogs.has(topic));
    unit.folds.splice(0, unit.folds.length, ...folds);
  }
}
