import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { keyBytes } from '../../config/encryption-key.ts';
import type { Settings } from '../../config/settings.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import { lockDataFolder } from '../../platform/lmdb/lock.ts';
import { dropTopics } from '../../platform/log/kafka/drop.ts';
import type { TopicSpec } from '../../platform/log/port.ts';
import { ControlLog, controlTopic } from '../../runtime/deployment/control-log.ts';
import { Deployments, type Version } from '../../runtime/deployment/deployments.ts';
import { loadProcessors } from '../../runtime/registry.ts';
import { type MovingState, movingStates } from '../../runtime/repartition/movable.ts';
import { type Generation, type MoveProgress, moveStates } from '../../runtime/repartition/move-states.ts';
import { workersTopic } from '../../runtime/sharing/shared-work.ts';
import { Snapshots } from '../../runtime/snapshots/snapshots.ts';
import { partitionsOf, topicSpecs } from '../../runtime/topology/topic-specs.ts';
import { openKafkaLog } from '../engines/kafka-log.ts';
import type { LogEngine } from '../engines/log-engine.ts';
import { kafkaSettings, topicPrefix } from '../engines/options.ts';
import { copyControl } from './copy-control.ts';
import { notDrained } from './drained.ts';

export interface RepartitionReport {
  /** The settings to start with. */
  log_generation: number;
  partitions: number;
  rows: number;
  snapshots: number;
}

export interface RepartitionProgress extends MoveProgress {
  /** How many there will be, once that is known. */
  planned(totals: { partitions: number; snapshots: number }): void;
}

/** Above what one Snowflake can tell apart. */
const most = 1024;

/**
 * Makes the next generation of the log with more partitions, of a Millrace that is stopped and drained. What is deployed, its
 * pauses, and states go over; records stay in the old topics, which nothing here changes. Run again after any interruption it
 * begins anew. Errors: `config_invalid`, `invalid_request`, `conflict` with every reason, `data_folder_in_use`, `unavailable`.
 */
export async function repartition(
  settings: Settings,
  partitions: number,
  progress: RepartitionProgress,
): Promise<RepartitionReport> {
  refuseSettings(settings, partitions);
  const dataDir = resolve(settings.data_dir);
  const lock = lockDataFolder(dataDir);
  const folder = `${dataDir}/repartition`;
  const failure = new AbortController();
  const opened: (() => Promise<unknown> | unknown)[] = [() => lock.release(), () => removeFolder(folder)];
  try {
    removeFolder(folder);
    const open = async (of: Settings): Promise<LogEngine> => {
      const place = `${folder}/${of.log_generation}`;
      mkdirSync(place, { recursive: true, mode: 0o700 });
      const key = settings.encryption_key === undefined ? undefined : keyBytes(settings.encryption_key);
      const onDiskFailure = (error: MillraceError): void => failure.abort(error);
      // Messages stay where they are, and are not asked for.
      const engine = await openKafkaLog({ ...of, store: 'embedded' }, place, {
        ...{ key, onDiskFailure },
        onError: () => undefined,
      });
      opened.push(() => engine.close());
      return engine;
    };
    const from = await open(settings);
    const old = await deployedIn(from, settings);
    opened.push(() => old.control.stop());
    const drained = { ...from, deployments: old.deployments, versions: old.moving.map(({ version }) => version) };
    refuse(await notDrained(drained));

    const next = { ...settings, log_generation: settings.log_generation + 1, partitions };
    // What an earlier run has left, and nothing was started on. What says what to run goes first: no process begins without it.
    await dropTopics(kafkaSettings(next), controlTopic.name);
    const to = await open(next);
    await to.log.declare([...topicsOf(old.deployments, next), workersTopic]);
    const generations = { from: await generation(from, settings), to: await generation(to, next) };
    progress.planned({
      partitions: sum(old.moving, ({ version, states }) =>
        states.length > 0 ? partitionsOf(version.plan, from.log) : 0,
      ),
      snapshots: sum(old.moving, ({ version, states }) => states.length * partitionsOf(version.plan, to.log)),
    });
    const report = { log_generation: next.log_generation, partitions, rows: 0, snapshots: 0 };
    const counted: MoveProgress = {
      restored: (count) => progress.restored(count),
      dealt: (rows) => {
        report.rows += rows;
        progress.dealt(rows);
      },
      saved: (snapshots) => {
        report.snapshots += snapshots;
        progress.saved(snapshots);
      },
    };
    for (const { version, states } of old.moving)
      if (states.length > 0) await moveStates(version, states, generations, counted, failure.signal);
    // Whoever was started meanwhile may have decided more.
    refuse(await notDrained(drained));
    await to.handOver();
    // Last: without it no process starts on the new generation.
    await copyControl(old.deployments, to.log);
    return report;
  } finally {
    for (const close of opened.reverse()) await close();
  }
}

function refuseSettings({ log, store, partitions: today }: Settings, partitions: number): void {
  if (log !== 'kafka' || store !== 'cassandra')
    throw new MillraceError('config_invalid', 'repartition needs MILLRACE_LOG=kafka and MILLRACE_STORE=cassandra');
  if (!Number.isSafeInteger(partitions) || partitions <= today || partitions > most)
    throw new MillraceError(
      'invalid_request',
      `--partitions: must be a whole number above today's ${today} (MILLRACE_PARTITIONS), and ${most} at most`,
    );
}

/** What is deployed, and which of its states move. Errors: `conflict`, `topology_invalid`. */
async function deployedIn({ log }: LogEngine, settings: Settings) {
  const deployments = new Deployments(await loadProcessors(settings.processors));
  const control = new ControlLog(log, deployments, () => undefined);
  await control.start();
  try {
    if (!deployments.current)
      throw new MillraceError('conflict', `nothing is deployed in the topics ${topicPrefix(settings)}…`);
    await log.declare([...topicsOf(deployments, settings), workersTopic]);
    const problems: string[] = [];
    const moving: { version: Version; states: MovingState[] }[] = [];
    for (const { topology } of deployments.current.topologies) {
      const version = deployments.wanted(topology);
      if (!version || !deployments.isTrue(version)) {
        problems.push(
          `topology ${topology} was deployed with other code than this release has: use that, or deploy first`,
        );
        continue;
      }
      const found = movingStates(version, log);
      problems.push(...found.problems);
      moving.push({ version, states: found.states });
    }
    refuse(problems);
    return { control, deployments, moving };
  } catch (error) {
    await control.stop();
    throw error;
  }
}

function topicsOf(deployments: Deployments, { partitions, gateways }: Settings): TopicSpec[] {
  const { number } = deployments.current!;
  const plans = deployments.plans(number);
  if (!plans) throw new MillraceError('topology_invalid', `deployment ${number} has errors against this release`);
  return topicSpecs(plans, { partitions, gateways: Array.from({ length: gateways }, (_, slot) => String(slot)) });
}

async function generation({ log, state, units }: LogEngine, { partitions }: Settings): Promise<Generation> {
  const snapshots = new Snapshots({ log, units }, randomUUID);
  await snapshots.start(partitions);
  return { log, state, units, snapshots };
}

function refuse(reasons: string[]): void {
  if (reasons.length > 0) throw new MillraceError('conflict', reasons.join('\n'));
}

function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

function sum<Entry>(entries: Entry[], of: (entry: Entry) => number): number {
  return entries.reduce((total, entry) => total + of(entry), 0);
}
