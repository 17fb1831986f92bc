import type { Log } from '../../platform/log/port.ts';
import type { Codec } from '../../platform/schemas/codec.ts';
import type { Units } from '../../platform/units/port.ts';
import type { Deployments, Version } from '../../runtime/deployment/deployments.ts';
import { deploymentMark, scopeOf } from '../../runtime/scope.ts';
import { deadLetterTopic } from '../../runtime/task/dead-letter.ts';
import { intakesOf, redriveTopic } from '../../runtime/task/intake.ts';
import { partitionsOf } from '../../runtime/topology/topic-specs.ts';
import { DeadLetters } from '../dead-letters/dead-letters.ts';
import { living } from './living.ts';

/** A generation of the log, and what is deployed in it. */
export interface Drained {
  log: Log;
  codec: Codec;
  units: Units;
  deployments: Deployments;
  versions: Version[];
}

/**
 * Why the log's end is no cut yet, in words; empty where it is: nobody lives who would write or read more, and all that lies
 * there has been taken.
 */
export async function notDrained(drained: Drained): Promise<string[]> {
  const alive = await living(drained.log);
  if (alive.length > 0)
    return [`${alive.join(', ')} still runs: stop edges first, and workers once \`millrace status\` shows no lag`];
  const { log, codec, deployments, versions } = drained;
  const lags = (await Promise.all(versions.map((version) => lagOf(version, drained)))).flat();
  const replays = [...deployments.replays.values()].filter(({ state }) => state === 'running');
  const planOf = (topology: string) => deployments.wanted(topology)?.plan;
  const { total } = log.topic(deadLetterTopic)
    ? await new DeadLetters({ log, codec, planOf }).list({}, 0)
    : { total: 0 };
  return [
    ...lags,
    ...replays.map(({ topology }) => `a replay of ${topology} is not done: let it end, or give it up`),
    ...(total > 0 ? [`${total} dead letters wait: send them back or drop them (\`millrace dlq\`)`] : []),
  ];
}

/** What a topology has not taken of the topics that are worth keeping, dead letters on their way back included. */
async function lagOf(version: Version, { log, units }: Drained): Promise<string[]> {
  const { topology, plan, generation, since } = version;
  const found = new Map<string, number>();
  for (let partition = 0; partition < partitionsOf(plan, log); partition++) {
    const at = await units.offset(deploymentMark(topology), partition);
    if (at !== undefined && at !== since)
      return [
        `partition ${partition} of ${topology} is at deployment ${at}, not ${since}: let workers take over first`,
      ];
    for (const { kind, id, topic, partition: place, consumer } of intakesOf(
      plan,
      partition,
      scopeOf(topology, generation),
      log,
    )) {
      if (consumer === undefined || kind === 'table' || log.topic(topic)?.volatile) continue;
      const [next, { start, end }] = await Promise.all([units.offset(consumer, place), log.bounds(topic, place)]);
      const lag = end - Math.max(next ?? start, start);
      if (lag > 0) found.set(id, (found.get(id) ?? 0) + lag);
    }
  }
  return [...found].map(([id, lag]) =>
    id === redriveTopic
      ? `${topology} has not taken ${lag} dead letters on their way back: run workers until it has`
      : `${topology}/${id} has a lag of ${lag}: run workers until \`millrace status\` shows none`,
  );
}
