import { Environment, type EnvironmentOptions } from '../lmdb/environment.ts';
import { LmdbLog } from '../log/lmdb.ts';
import { LmdbMessages } from '../messages/lmdb/store.ts';
import type { Codec } from '../schemas/codec.ts';
import { LmdbState } from '../state/lmdb.ts';
import { LmdbUnits } from '../units/lmdb.ts';

/** How often what is past its topic's retention is removed from the log. */
const trimEvery_ms = 60_000;

/** Log, state, message store and units of work over one lmdb environment in `folder`. */
export interface Engine {
  log: LmdbLog;
  state: LmdbState;
  messages: LmdbMessages;
  units: LmdbUnits;
  close(): Promise<void>;
}

export function openEngine(
  folder: string,
  codec: Codec,
  clock: () => number = Date.now,
  options: EnvironmentOptions = {},
): Engine {
  const environment = Environment.open(folder, options);
  const log = new LmdbLog(environment, codec, clock);
  const state = new LmdbState(environment);
  const messages = new LmdbMessages(environment, codec);
  const units = new LmdbUnits(environment, log, state, messages);
  let trimming: Promise<unknown> = Promise.resolve();
  const trimmer = setInterval(() => {
    trimming = trimming.then(() => log.trim()).catch((error: unknown) => environment.report(error));
  }, trimEvery_ms);
  trimmer.unref();
  return {
    log,
    state,
    messages,
    units,
    close: async () => {
      clearInterval(trimmer);
      await trimming;
      await environment.close();
    },
  };
}
