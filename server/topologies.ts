import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Settings } from '../config/settings.ts';
import { MillraceError, messageOf } from '../platform/errors/error.ts';
import type { Log } from '../platform/log/port.ts';
import { ControlLog } from '../runtime/deployment/control-log.ts';
import { Deployer } from '../runtime/deployment/deployer.ts';
import { Deployments } from '../runtime/deployment/deployments.ts';
import type { RuntimeMetrics } from '../runtime/observing/runtime-metrics.ts';
import { loadProcessors } from '../runtime/registry.ts';
import { Runner } from '../runtime/runner.ts';
import { alone } from '../runtime/sharing/port.ts';
import { SharedWork, type SharedWorkOptions } from '../runtime/sharing/shared-work.ts';
import { SnapshotKeeper } from '../runtime/snapshots/snapshot-keeper.ts';
import { Snapshots } from '../runtime/snapshots/snapshots.ts';
import type { TaskPorts } from '../runtime/task/ports.ts';
import { readTopologies } from '../runtime/topology/load.ts';
import { type RunnerOptions, topicSpecs } from '../runtime/topology/topic-specs.ts';

/** How long a process waits for a first deployment by another one. */
const patience_ms = 60_000;

/** What runs the topologies of a process, and what changes them. */
export interface Topologies {
  runner: Runner;
  deployer: Deployer;
  control: ControlLog;
  deployments: Deployments;
  stop(deadline_ms: number): Promise<void>;
}

/** The process's part in running topologies. */
export interface Part extends SharedWorkOptions {
  /** Whether this process may run a topology. */
  runs(topology: string): boolean;
  /** Whether its folder of topology files is put into force at the start, as far as MILLRACE_DEPLOY says so. */
  deploys: boolean;
  /** Whether other processes may take part: the log is reached by more than this one. */
  shares: boolean;
  /** Resolves once others can know how far this process has come. */
  handOver(): Promise<void>;
}

/**
 * Runs what should run: what an operator deployed, else the folder of topology files, which a start puts into force as far
 * as it differs from what ran. Errors: `topology_invalid`, `conflict`, `unavailable` where nothing is deployed.
 */
export async function startTopologies(
  folder: string,
  settings: Pick<Settings, 'processors' | 'deploy' | 'log_generation'>,
  ports: TaskPorts & { log: Log },
  options: RunnerOptions,
  part: Part,
  metrics: RuntimeMetrics,
  logger: Logger,
): Promise<Topologies> {
  const { log, clock } = ports;
  const load = () => loadProcessors(settings.processors);
  const deployments = new Deployments(await load());
  const control = new ControlLog(log, deployments, (error) =>
    logger.error(
      { error: messageOf(error) },
      'the control topic can not be read for now: deployments are not heard of',
    ),
  );
  await control.start();
  if (settings.log_generation > 1 && !deployments.current) {
    await control.stop();
    throw new MillraceError(
      'conflict',
      `generation ${settings.log_generation} of the log is not made, or not to its end: \`millrace repartition\` makes it, with the settings of the one before`,
    );
  }
  const work = part.shares ? new SharedWork(log, part, clock, logger) : undefined;
  // Where this process is the only one, its states are where its log is.
  const snapshots = part.shares ? new Snapshots(ports, randomUUID) : undefined;
  const keeper = snapshots && new SnapshotKeeper(snapshots, { state: ports.state, clock }, logger);
  const shared = { sharing: work ?? alone, handOver: () => part.handOver() };
  const runner = new Runner(deployments, snapshots ? { ...ports, snapshots } : ports, options, metrics, logger, shared);
  const deployer = new Deployer({ log, clock, deployments, control, runner, loadProcessors: load }, options);
  try {
    if (part.deploys && settings.deploy !== 'off')
      await deployAtStart(folder, settings, { deployer, deployments, log }, options, logger);
    else await firstDeployment(deployments);
    await snapshots?.start(options.partitions);
    await work?.start({ can: () => runner.able().filter((name) => part.runs(name)), holds: () => runner.holds() });
    await runner.start();
    keeper?.start(() => runner.versions());
  } catch (error) {
    await work?.leave();
    await control.stop();
    throw error;
  }
  return {
    runner,
    deployer,
    control,
    deployments,
    stop: async (deadline_ms) => {
      await keeper?.stop();
      await runner.stop(deadline_ms);
      await work?.leave();
      await control.stop();
    },
  };
}

async function deployAtStart(
  folder: string,
  settings: Pick<Settings, 'deploy'>,
  { deployer, deployments, log }: { deployer: Deployer; deployments: Deployments; log: Log },
  options: RunnerOptions,
  logger: Logger,
): Promise<void> {
  const { current } = deployments;
  const plans = current && deployments.plans(current.number);
  // What was there before: so that what would change is compared with it.
  if (plans) await log.declare(topicSpecs(plans, options));
  const files = readTopologies(folder);
  if (settings.deploy === 'folder' || current?.by !== 'operator') await deployer.deploy(files, { by: 'start' });
  else if (plans) {
    await deployer.deploy(current.files, { by: 'operator', note: current.note });
    if (await deployer.differs(files))
      logger.warn(
        { folder, deployment: current.number },
        'what runs was deployed by hand, and differs from the folder',
      );
  } else {
    throw new MillraceError(
      'topology_invalid',
      `deployment ${current.number}, which should run, has errors against this release; MILLRACE_DEPLOY=folder starts with ${folder} instead`,
    );
  }
}

/** Another process deploys; until it has, there is nothing to run or to connect to. */
async function firstDeployment(deployments: Deployments): Promise<void> {
  for (const until = Date.now() + patience_ms; !deployments.current; await sleep(100))
    if (Date.now() > until)
      throw new MillraceError(
        'unavailable',
        'nothing is deployed: start a worker with `millrace run`, or a process with MILLRACE_DEPLOY=folder',
      );
}
