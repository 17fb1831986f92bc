import { partitionOf } from '../../platform/keys.ts';
import type { Notice, PushWork } from '../../platform/push/work.ts';
import type { SearchDocument, SearchIndex } from '../../platform/search/port.ts';
import type { PushDue } from '../../schemas/generated/types.ts';
import type { Clock } from '../clock.ts';
import type { ErrorPolicy } from '../topology/format/index.ts';
import type { SinkPlan } from '../topology/plan.ts';
import { retrying, stuckAfter } from './retry.ts';
import type { Effect, WorkUnit } from './work-unit.ts';

/** An effect that was given up. */
export interface Failed {
  node: string;
  effect: Effect;
  error: unknown;
  attempts: number;
}

export interface EffectsObserver {
  retried(node: string, error: unknown, attempt: number): void;
  /** So many effects of a node took so long. */
  took(node: string, effects: number, milliseconds: number): void;
}

/**
 * Carries the effects of units out before their commits. Each sink has as many lanes as its `parallel` says; effects of one
 * key always take the same lane, and a lane takes them in the order of the units, so that a key keeps its order while
 * others pass it by. What waits in a lane is bounded by the units in flight.
 */
export class Effects {
  private readonly lanes = new Map<string, Promise<unknown>>();
  /** Nodes whose effects were tried several times already, each with how many lanes are. */
  private readonly stuck = new Map<string, number>();

  constructor(
    private readonly targets: { search: SearchIndex; push?: PushWork },
    private readonly clock: Clock,
    private readonly observer: EffectsObserver,
  ) {}

  /** A node whose effects can't be carried out for now. */
  get stuckOn(): string | undefined {
    return this.stuck.keys().next().value;
  }

  /**
   * Called in the order of the units; resolves once all of the unit's effects are done or given up by a policy that then
   * has dead letters. Rejects where a policy pauses the source instead, and when the signal aborts.
   */
  async run(unit: WorkUnit, signal: AbortSignal): Promise<Failed[]> {
    const calls: Promise<Failed[]>[] = [];
    for (const [sink, effects] of unit.effects) {
      const lanes = new Map<number, Effect[]>();
      for (const effect of effects) {
        const lane = partitionOf(effect.key, sink.parallel);
        const inLane = lanes.get(lane);
        if (inLane) inLane.push(effect);
        else lanes.set(lane, [effect]);
      }
      for (const [lane, inLane] of lanes) {
        const name = `${sink.id}/${lane}`;
        const before = this.lanes.get(name) ?? Promise.resolve();
        const call = before.then(() => this.inLane(sink, inLane, signal));
        // A lane goes on after a failure: the task that meets it begins anew, and with it all lanes.
        this.lanes.set(
          name,
          call.catch(() => undefined),
        );
        calls.push(call);
      }
    }
    return (await Promise.all(calls)).flat();
  }

  private async inLane(sink: SinkPlan, effects: Effect[], signal: AbortSignal): Promise<Failed[]> {
    const done = await this.attempt(sink, sink.errors, effects, signal);
    if ('refused' in done) return done.refused;
    if (sink.errors.then === 'pause-source') throw done.error;
    if (effects.length === 1) return [{ node: sink.id, effect: effects[0]!, ...done }];
    // One of them may be what fails: each is tried alone, once, so that only that one is given up.
    const out: Failed[] = [];
    for (const effect of effects) {
      const alone = await this.attempt(sink, { ...sink.errors, retry: 0 }, [effect], signal);
      if ('refused' in alone) out.push(...alone.refused);
      else out.push({ node: sink.id, effect, error: alone.error, attempts: done.attempts + alone.attempts });
    }
    return out;
  }

  private async attempt(
    sink: SinkPlan,
    policy: ErrorPolicy,
    effects: Effect[],
    signal: AbortSignal,
  ): Promise<{ refused: Failed[] } | { error: unknown; attempts: number }> {
    let refused: Failed[] = [];
    const work = async (): Promise<void> => {
      const began = performance.now();
      refused = await this.carry(sink, effects);
      this.observer.took(sink.id, effects.length, performance.now() - began);
    };
    let stuck = false;
    try {
      const gaveUp = await retrying(policy, this.clock, signal, work, (error, attempt) => {
        if (attempt >= stuckAfter && !stuck) {
          stuck = true;
          this.mark(sink.id, 1);
        }
        this.observer.retried(sink.id, error, attempt);
      });
      if (signal.aborted) throw new Error('stopped before the effect was done');
      return gaveUp ?? { refused };
    } finally {
      if (stuck) this.mark(sink.id, -1);
    }
  }

  private mark(node: string, by: 1 | -1): void {
    const lanes = (this.stuck.get(node) ?? 0) + by;
    if (lanes > 0) this.stuck.set(node, lanes);
    else this.stuck.delete(node);
  }

  /** A sink takes one schema, which lint has checked. Resolves with those that were refused for good: no try helps them. */
  private async carry(sink: SinkPlan, effects: Effect[]): Promise<Failed[]> {
    const { target } = sink;
    const values = effects.map(({ value }) => value);
    const { search, push } = this.targets;
    if (target.kind === 'search') {
      await search.index(values as SearchDocument[]);
      return [];
    }
    if (target.kind !== 'push' || !push) throw new Error(`nothing here takes the effects of a ${target.kind}`);
    if (target.to === 'audience') {
      await push.audience(values as Notice[]);
      return [];
    }
    const refused = await push.phones(values as PushDue[]);
    return effects.flatMap((effect, at) =>
      refused[at] ? [{ node: sink.id, effect, error: refused[at], attempts: 1 }] : [],
    );
  }
}
