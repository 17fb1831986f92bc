import type { Logger } from 'pino';
import { MillraceError } from '../../platform/errors/error.ts';
import type { Log } from '../../platform/log/port.ts';
import type { MessageStore } from '../../platform/messages/port.ts';
import type { Codec } from '../../platform/schemas/codec.ts';
import type { SearchIndex } from '../../platform/search/port.ts';
import type { StateStore } from '../../platform/state/port.ts';
import type { Units } from '../../platform/units/port.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { ReplayJob } from '../../runtime/deployment/deployments.ts';
import { isWhole, type ReplayOptions, replayablePlan } from '../../runtime/replay/options.ts';
import { Replay, type ReplayProgress } from '../../runtime/replay/replay.ts';
import { unobserved } from '../../runtime/task/observer.ts';
import type { Topologies } from '../topologies.ts';
import { compareIndex } from './compare-index.ts';
import { readMessagesBack } from './read-back.ts';

export type ReplayLine =
  | { phase: 'resume'; records: number }
  | ReplayProgress
  | { phase: 'compare'; documents: number; indexed: number; compared: number; different: number }
  | { phase: 'done'; generation: string | null; records: number; dead_letters: number };

export interface ReplayContext {
  topologies: Topologies;
  log: Log;
  state: StateStore;
  units: Units;
  search: SearchIndex;
  store: MessageStore;
  codec: Codec;
  logger: Logger;
}

const running = new Set<string>();

/**
 * Replays a topology. One that leaves nothing out fills a new search index beside the serving one, compares it, and only
 * then has it serve; any other writes into what serves. One that was interrupted goes on where it was, unless `fresh`.
 * Errors: `not_found`; `conflict` for a topology that can't be replayed, for one whose replay runs, and where the new index
 * lacks something: the old one then serves on. An abort leaves it to be gone on with.
 */
export async function* runReplay(
  name: string,
  options: ReplayOptions,
  fresh: boolean,
  context: ReplayContext,
  signal: AbortSignal,
): AsyncGenerator<ReplayLine> {
  const { topologies, search, store, codec } = context;
  const version = topologies.deployments.wanted(name);
  if (!version) throw new MillraceError('not_found', `there is no topology "${name}"`);
  const { plan, source } = replayablePlan(version.plan, options.sinks);
  if (running.has(name)) throw new MillraceError('conflict', `${name} is being replayed already`);
  running.add(name);
  try {
    const job = await beginOrResume(name, options, fresh, plan.nodes.some(isSearch), context);
    if (job.records > 0) yield { phase: 'resume', records: job.records };
    const ports = {
      ...context,
      clock: systemClock,
      control: topologies.control,
      readBack: { message_events: readMessagesBack(store, codec) },
    };
    const replay = new Replay(plan, source, options, job, ports, unobserved);
    const serving = (await search.generations()).find((generation) => generation.serving);
    yield* replay.run(isWhole(options) ? (serving?.documents ?? null) : null, signal);
    if (job.generation !== null) {
      const compared = await compareIndex(search, store, job.generation, replay, signal);
      yield { phase: 'compare', ...compared };
      if (compared.different > 0 || compared.indexed + replay.deadLetters < compared.documents) {
        await finish(context, job, 'given_up');
        await search.drop(job.generation);
        throw new MillraceError(
          'conflict',
          `the new index holds ${compared.indexed} of ${compared.documents} documents, ${compared.different} of ${compared.compared} samples differ: it was dropped, and the old one serves on`,
        );
      }
      await search.promote(job.generation);
    }
    await finish(context, job, 'done');
    yield { phase: 'done', generation: job.generation, records: replay.records, dead_letters: replay.deadLetters };
  } finally {
    running.delete(name);
  }
}

async function beginOrResume(
  topology: string,
  options: ReplayOptions,
  fresh: boolean,
  searches: boolean,
  { topologies, search }: ReplayContext,
): Promise<ReplayJob> {
  const { rate: _, ...asked } = options;
  const text = JSON.stringify(asked);
  const known = topologies.deployments.replays.get(topology);
  const generations = await search.generations();
  const alive =
    known?.generation === null || generations.some(({ id, serving }) => id === known?.generation && !serving);
  if (known?.state === 'running' && known.options === text && alive && !fresh) return known;
  const generation = isWhole(options) && searches ? (await search.build()).id : null;
  const job: ReplayJob = {
    ...{ topology, state: 'running', options: text, generation },
    ...{ cursor: null, scanned: false, next: [], records: 0, dead_letters: 0, at: Date.now() },
  };
  await topologies.control.put({ Replay: job });
  return job;
}

async function finish({ topologies }: ReplayContext, job: ReplayJob, state: ReplayJob['state']): Promise<void> {
  const newest = topologies.deployments.replays.get(job.topology) ?? job;
  await topologies.control.put({ Replay: { ...newest, state, at: Date.now() } });
}

function isSearch(node: { kind: string; target?: { kind: string } }): boolean {
  return node.kind === 'sink' && node.target?.kind === 'search';
}
