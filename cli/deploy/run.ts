import { parseSettings } from '../../config/parse.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import type { DeployPlan } from '../../runtime/deployment/deploy-plan.ts';
import { readTopologies } from '../../runtime/topology/load.ts';
import type { DeployProgress } from '../../server/follow-deployment.ts';
import { adminCall } from '../admin-client.ts';
import type { Terminal } from '../command.ts';
import { confirm } from '../confirm.ts';
import { renderPlan } from './render-plan.ts';

export async function fetchPlan(folder: string, terminal: Terminal): Promise<DeployPlan> {
  const { data_dir } = parseSettings(terminal.env);
  for await (const line of adminCall(data_dir, 'POST', '/plan', { files: filesOf(folder) })) return line as DeployPlan;
  throw new MillraceError('unavailable', 'the process gave no plan');
}

const otherwise = 'say --yes, or --plan with the id of a plan';

export interface DeployOptions {
  plan?: string;
  note?: string;
  yes?: boolean;
  json?: boolean;
}

export async function runDeploy(folder: string, options: DeployOptions, terminal: Terminal): Promise<void> {
  const plan = await fetchPlan(folder, terminal);
  if (plan.steps.length === 0) {
    terminal.out(
      options.json ? JSON.stringify({ step: 'done', number: plan.based_on }) : renderPlan(plan, terminal.color),
    );
    return;
  }
  if (options.plan === undefined) {
    if (!options.json) terminal.err(renderPlan(plan, terminal.color));
    if (!options.yes && plan.refusals.length === 0) await confirm(terminal, 'Deploy this?', otherwise);
  }
  const body = { files: filesOf(folder), expected: options.plan ?? plan.id, note: options.note };
  await follow('/deploy', body, options, terminal);
}

export async function runRollback(
  to: number | undefined,
  options: Pick<DeployOptions, 'yes' | 'json'>,
  terminal: Terminal,
): Promise<void> {
  if (!options.yes)
    await confirm(
      terminal,
      `Go back to ${to === undefined ? 'the deployment before' : `deployment ${to}`}?`,
      otherwise,
    );
  await follow('/rollback', to === undefined ? {} : { to }, options, terminal);
}

async function follow(path: string, body: unknown, { json }: { json?: boolean }, terminal: Terminal): Promise<void> {
  const { data_dir } = parseSettings(terminal.env);
  for await (const line of adminCall(data_dir, 'POST', path, body)) {
    const progress = line as DeployProgress | { step: 'recorded'; number: number; plan: DeployPlan };
    if (json) terminal.out(JSON.stringify(progress));
    else if (progress.step === 'recorded') {
      terminal.err(`Deployment ${progress.number} is recorded: it goes on by itself, also when this is interrupted.`);
    } else if (progress.step === 'take-over') {
      const { topology, partitions, of, failing } = progress;
      terminal.err(`  ${topology}: ${partitions} of ${of} partitions${failing ? `, failing: ${failing}` : ''}`);
    } else terminal.out(`Deployment ${progress.number} runs. \`millrace rollback\` goes back.`);
  }
}

function filesOf(folder: string) {
  return readTopologies(folder).map(({ file, text }) => ({ file: file.slice(file.lastIndexOf('/') + 1), text }));
}
