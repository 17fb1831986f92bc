import type { Clock } from '../clock.ts';
import { pauseBefore } from '../task/retry.ts';
import { defaultErrors } from '../topology/format/index.ts';
import type { Journal } from './journal.ts';
import type { TornEngine } from './torn-engine.ts';

/**
 * Runs a task, and the next one when it ends before it is told to: at once after a planned crash, after the runtime's
 * pause when it failed otherwise.
 */
export async function keepAlive(
  run: (signal: AbortSignal) => Promise<void>,
  { engine, clock, journal }: { engine: TornEngine; clock: Clock; journal: Journal },
  crashed: () => void,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; !signal.aborted; attempt++) {
    journal.begin();
    const life = new AbortController();
    // A dead process waits for nothing any more, either.
    engine.onCrash = () => life.abort();
    let failure: { error: unknown } | undefined;
    try {
      await run(AbortSignal.any([signal, life.signal]));
    } catch (error) {
      failure = { error };
    }
    if (engine.crashed) {
      crashed();
      engine.restart();
      attempt = 0;
    } else if (!failure) {
      return;
    } else if (!signal.aborted) {
      journal.failed(failure.error);
      await clock.sleep(pauseBefore({ ...defaultErrors, jitter: false }, attempt), signal);
    }
  }
}
