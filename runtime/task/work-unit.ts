import type { Append } from '../../platform/log/port.ts';
import type { RowWrite } from '../../platform/messages/port.ts';
import type { SearchDocument } from '../../platform/search/port.ts';
import type { StateWrite } from '../../platform/state/port.ts';
import type { ConsumerOffset, FoldProgress } from '../../platform/units/port.ts';
import type { SinkPlan } from '../topology/plan.ts';

/** Something to be done outside of the commit, before it. */
export interface Effect {
  key: string;
  document: SearchDocument;
  /** Of the source record that it follows from. */
  offset: number;
}

/** What a batch leads to, gathered while it passes through the graph. */
export class WorkUnit {
  readonly rows: RowWrite[] = [];
  readonly appends: Append[] = [];
  readonly effects = new Map<SinkPlan, Effect[]>();
  readonly state: StateWrite[] = [];
  readonly offsets: ConsumerOffset[] = [];
  readonly folds: FoldProgress[] = [];
  /** The first error of a step, with its node; the unit is then not committed. */
  failure: { node: string; error: unknown } | undefined;

  constructor(readonly id: number) {}

  addEffect(sink: SinkPlan, effect: Effect): void {
    const effects = this.effects.get(sink);
    if (effects) effects.push(effect);
    else this.effects.set(sink, [effect]);
  }
}
