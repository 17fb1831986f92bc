import type { Log, LogRecord } from '../../platform/log/port.ts';
import type { Codec } from '../../platform/schemas/codec.ts';
import type { StateStore } from '../../platform/state/port.ts';
import type { Redrive } from '../../schemas/generated/types.ts';
import type { Input } from '../processor.ts';
import { scopeOf } from '../scope.ts';
import type { ProcessorPlan, TablePlan, TopologyPlan } from '../topology/plan.ts';
import { buildGraph, type Graph } from './graph.ts';
import { type Intake, mayReadAhead } from './intake.ts';
import type { TaskObserver } from './observer.ts';
import { StateView } from './state-view.ts';
import { WorkUnit } from './work-unit.ts';

/** The rows of a table node. */
const tableRows = { rows: { doc: 'The newest record of each key.' } };

/**
 * Makes units of work of batches: takes them through the graph over the states of one partition, and notes how far sources
 * and states have come. A batch whose step fails leaves the states as they were.
 */
export class UnitMaker {
  readonly views = new Map<string, StateView>();
  private readonly graph: Graph;
  private readonly task: string;
  private units = 0;
  /** Of the one source, where there is one: how far its records have come. */
  private origin = 0;
  /** Whether one intake reads ahead of the disk. What any of them leads to may then follow from states that did. */
  private readonly ahead: boolean;

  constructor(
    private readonly plan: TopologyPlan,
    private readonly partition: number,
    private readonly generation: number,
    private readonly ports: { log: Log; state: StateStore; codec: Codec },
    private readonly observer: TaskObserver,
  ) {
    this.ahead = mayReadAhead(plan, ports.log);
    const scope = scopeOf(plan.name, generation);
    this.task = `${scope}/${partition}`;
    const open = (id: string, volatile: boolean) => ports.state.open(`${scope}/${id}`, partition, { volatile });
    for (const node of plan.nodes) {
      if (node.kind === 'table') {
        this.views.set(node.id, new StateView(open(node.id, ports.log.isVolatile(node.topic)), tableRows));
      } else if (node.kind === 'processor' && node.processor.tables) {
        const kept = open(node.id, node.state !== undefined && ports.log.isVolatile(stateTopic(node.state)));
        this.views.set(node.id, new StateView(kept, node.processor.tables));
      }
    }
    this.graph = buildGraph(plan, this.views, (node, taken, gave, ms) => observer.passed(node, taken, gave, ms));
  }

  /** The one source goes on from here. */
  goOnFrom(offset: number): void {
    this.origin = offset;
  }

  empty(): WorkUnit {
    return new WorkUnit(++this.units, this.ahead, this.task);
  }

  /** A unit of records of one intake; `failure` is set where a step failed, and nothing has changed then. */
  make(intake: Intake, records: LogRecord[]): WorkUnit {
    const unit = this.empty();
    for (const view of this.views.values()) view.begin(unit);
    try {
      if (intake.kind === 'source') this.push(unit, intake, records);
      else if (intake.kind === 'table') this.update(intake.node as TablePlan, records);
      else this.redrive(unit, records);
      if (!unit.failure) this.note(unit, intake, records.at(-1)!.offset + 1);
    } catch (error) {
      unit.failure ??= { node: intake.id, error };
    }
    if (unit.failure) for (const view of this.views.values()) view.rollback();
    return unit;
  }

  /** Adds to a unit how far its intake and the states have come. */
  note(unit: WorkUnit, intake: Intake, next: number): void {
    const { consumer, partition } = intake;
    if (consumer !== undefined) unit.offsets.push({ consumer, partition, offset: next });
    if (intake.kind === 'table') return this.views.get(intake.id)!.setOwn('fold', { next, origin: 0 });
    if (intake.kind === 'source') this.origin = next;
    for (const node of this.plan.nodes)
      if (node.kind === 'processor' && node.state) this.noteState(unit, node, intake, next);
  }

  settle(unit: WorkUnit): void {
    for (const view of this.views.values()) view.settle(unit);
  }

  close(): void {
    this.graph.close();
  }

  private noteState(unit: WorkUnit, node: ProcessorPlan, intake: Intake, next: number): void {
    const state = node.state!;
    const view = this.views.get(node.id)!;
    if ('changelog' in state) {
      const changes = view.changelog(
        unit,
        { topic: state.changelog, partition: this.partition, generation: this.generation },
        this.origin,
      );
      if (changes.length > 0) unit.folds.push({ state: view.id, topic: state.changelog, origin: this.origin });
      unit.appends.push(...changes);
    } else if (intake.kind === 'source' && intake.topic === state.folds) {
      view.setOwn('fold', { next, origin: 0 });
    } else if (unit.appends.some(({ topic }) => topic === state.folds)) {
      // Last, for where the source goes on is read from them: what stood behind them would be left out by a commit that tears.
      unit.appends.sort((a, b) => Number(a.topic === state.folds) - Number(b.topic === state.folds));
      unit.folds.push({ state: view.id, topic: state.folds, origin: this.origin });
    }
    view.sweep();
  }

  private push(unit: WorkUnit, { id, node }: Intake, records: LogRecord[]): void {
    const { schema: wanted } = node as { schema: string };
    const inputs: Input[] = [];
    for (const record of records) {
      const { schema, value } = record.decoded();
      if (schema !== wanted) continue;
      const { key, time, offset, partition } = record;
      inputs.push({ schema, value, key, time, offset, partition } as Input);
    }
    this.observer.passed(id, inputs.length, inputs, 0);
    if (inputs.length > 0) this.graph.push(id, { unit, records: inputs });
  }

  private update(node: TablePlan, records: LogRecord[]): void {
    const view = this.views.get(node.id)!;
    let taken = 0;
    for (const record of records) {
      const { schema, value } = record.decoded();
      if (schema !== node.schema) continue;
      const { key, time } = record;
      const gone = node.gone?.({ value, key, time, schema, joined: {} }) === true;
      view.at(time);
      view.set('rows', key, gone ? undefined : value);
      taken++;
    }
    this.observer.passed(node.id, taken, [], 0);
  }

  /** Dead letters that come back, each by the source by which it came at first, as it stood there. */
  private redrive(unit: WorkUnit, records: LogRecord[]): void {
    for (const record of records) {
      const { schema, value } = record.decoded();
      if (schema !== 'Redrive' || (value as Redrive).topology !== this.plan.name) continue;
      const { source, key, time, offset, partition, value: bytes } = value as Redrive;
      if (!this.plan.nodes.some((node) => node.kind === 'source' && node.id === source))
        throw new Error(`"${source}" is no source of ${this.plan.name} any more: drop this letter, or roll back`);
      const inner = this.ports.codec.decode(bytes);
      const input = { ...inner, key, time, offset, partition } as Input;
      this.observer.passed(source, 1, [input], 0);
      this.graph.push(source, { unit, records: [input] });
    }
  }
}

function stateTopic(state: NonNullable<ProcessorPlan['state']>): string {
  return 'folds' in state ? state.folds : state.changelog;
}
