import { partitionOf } from '../../platform/keys.ts';
import type { SearchDocument, SearchIndex } from '../../platform/search/port.ts';
import type { Clock } from '../clock.ts';
import type { SinkPlan } from '../topology/plan.ts';
import { retrying } from './retry.ts';
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

  constructor(
    private readonly search: SearchIndex,
    private readonly clock: Clock,
    private readonly observer: EffectsObserver,
  ) {}

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
    const failed = await this.attempt(sink, effects, signal);
    if (!failed) return [];
    if (sink.errors.then === 'pause-source') throw failed.error;
    if (effects.length === 1) return [{ node: sink.id, effect: effects[0]!, ...failed }];
    // One of them may be what fails: each is tried alone, once, so that only that one is given up.
    const out: Failed[] = [];
    for (const effect of effects) {
      const began = performance.now();
      try {
        await this.search.index([effect.document]);
        this.observer.took(sink.id, 1, performance.now() - began);
      } catch (error) {
        out.push({ node: sink.id, effect, error, attempts: failed.attempts + 1 });
      }
    }
    return out;
  }

  private async attempt(
    sink: SinkPlan,
    effects: Effect[],
    signal: AbortSignal,
  ): Promise<{ error: unknown; attempts: number } | undefined> {
    const documents = effects.map(({ document }): SearchDocument => document);
    const work = async (): Promise<void> => {
      const began = performance.now();
      await this.search.index(documents);
      this.observer.took(sink.id, documents.length, performance.now() - began);
    };
    const gaveUp = await retrying(sink.errors, this.clock, signal, work, (error, attempt) =>
      this.observer.retried(sink.id, error, attempt),
    );
    if (signal.aborted) throw new Error('stopped before the effect was done');
    return gaveUp;
  }
}
