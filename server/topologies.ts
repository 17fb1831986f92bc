import type { Logger } from 'pino';
import type { Settings } from '../config/settings.ts';
import { MillraceError, messageOf } from '../platform/errors/error.ts';
import type { Log } from '../platform/log/port.ts';
import { ControlLog } from '../runtime/deployment/control-log.ts';
import { Deployer } from '../runtime/deployment/deployer.ts';
import { Deployments } from '../runtime/deployment/deployments.ts';
import type { RuntimeMetrics } from '../runtime/observer.ts';
import { loadProcessors } from '../runtime/registry.ts';
import { Runner, type RunnerOptions, topicSpecs } from '../runtime/runner.ts';
import type { TaskPorts } from '../runtime/task/ports.ts';
import { readTopologies } from '../runtime/topology/load.ts';

/** What runs the topologies of a process, and what changes them. */
export interface Topologies {
  runner: Runner;
  deployer: Deployer;
  control: ControlLog;
  deployments: Deployments;
  stop(deadline_ms: number): Promise<void>;
}

/**
 * Runs what should run: what an operator deployed, else the folder of topology files, which a start puts into force as far
 * as it differs from what ran. Errors: `topology_invalid`, `conflict`.
 */
export async function startTopologies(
  folder: string,
  settings: Pick<Settings, 'processors' | 'deploy'>,
  ports: TaskPorts & { log: Log },
  options: RunnerOptions,
  metrics: RuntimeMetrics,
  logger: Logger,
): Promise<Topologies> {
  const load = () => loadProcessors(settings.processors);
  const deployments = new Deployments(await load());
  const control = new ControlLog(ports.log, deployments, (error) =>
    logger.fatal({ error: messageOf(error) }, 'the control topic can not be followed: deployments are not heard of'),
  );
  await control.start();
  const runner = new Runner(deployments, ports, options, metrics, logger);
  const { log, clock } = ports;
  const deployer = new Deployer({ log, clock, deployments, control, runner, loadProcessors: load }, options);
  try {
    const { current } = deployments;
    const plans = current && deployments.plans(current.number);
    // What was there before: so that what would change is compared with it.
    if (plans) await log.declare(topicSpecs(plans, options));
    const files = readTopologies(folder);
    if (settings.deploy === 'folder' || current?.by !== 'operator') await deployer.deploy(files, { by: 'start' });
    else if (plans) {
      await deployer.deploy(current.files, { by: 'operator', note: current.note });
      const { steps } = await deployer.plan(files);
      if (steps.length > 0)
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
    await runner.start();
  } catch (error) {
    await control.stop();
    throw error;
  }
  return {
    runner,
    deployer,
    control,
    deployments,
    stop: async (deadline_ms) => {
      await runner.stop(deadline_ms);
      await control.stop();
    },
  };
}
