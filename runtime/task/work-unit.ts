import type { Append } from '../../platform/log/port.ts';
import type { RowWrite } from '../../platform/messages/port.ts';
import type { Notice } from '../../platform/push/work.ts';
import type { SearchDocument } from '../../platform/search/port.ts';
import type { StateWrite } from '../../platform/state/port.ts';
import type { ConsumerOffset, FoldProgress } from '../../platform/units/port.ts';
import type { PushDue } from '../../schemas/generated/types.ts';
import type { SinkPlan } from '../topology/plan.ts';

/** Something to be done outside of the commit, before it. */
export interface Effect {
  key: string;
  value: SearchDocument | Notice | PushDue;
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

  /** When its batch had been read. */
  readonly began = performance.now();

  constructor(
    readonly id: number,
    /** Whether it may follow from records that are not on disk yet. */
    readonly ahead = false,
    readonly task?: string,
  ) {}

  addEffect(sink: SinkPlan, effect: Effect): void {
    const effects = this.effects.get(sink);
    if (effects) effects.push(effect);
    else this.effects.set(sink, [effect]);
  }
}
