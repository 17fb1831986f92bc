import pc from 'picocolors';
import type { DeployPlan, TopologyChange } from '../../runtime/deployment/deploy-plan.ts';

const signs = {
  add: '+',
  create: '+',
  begin: '+',
  change: '~',
  'go on': ' ',
  remove: '-',
  end: '-',
  leave: ' ',
} as const;

/** A plan as an operator reads it: what changes, then what deploy does in which order. */
export function renderPlan(plan: DeployPlan, color: boolean): string {
  const paint = pc.createColors(color);
  const by = (change: keyof typeof signs, text: string): string => {
    const sign = signs[change];
    const line = `${sign} ${text}`;
    return sign === '+' ? paint.green(line) : sign === '-' ? paint.red(line) : sign === '~' ? paint.yellow(line) : line;
  };
  if (plan.steps.length === 0) return `Nothing to do: deployment ${plan.based_on} says the same.`;
  const lines: string[] = [];
  const section = (title: string, entries: string[]): void => {
    if (entries.length > 0) lines.push(paint.bold(title), ...entries.map((entry) => `  ${entry}`), '');
  };
  section(
    'Topics',
    plan.topics.map(({ topic, change, details }) => by(change, `${topic}  ${paint.dim(details.join(', '))}`)),
  );
  section(
    'Schemas',
    plan.schemas.map(({ schema, from, to, compatibility }) =>
      by(
        from === null ? 'add' : 'change',
        `${schema}  ${from === null ? `version ${to}` : `version ${from} → ${to}`}, ${compatibility}`,
      ),
    ),
  );
  for (const topology of plan.topologies) section(`Topology ${topology.topology}`, topologyLines(topology, by));
  section(
    `Deploy would, from deployment ${plan.based_on}`,
    plan.steps.map((step, i) => `${i + 1}. ${step}`),
  );
  section(paint.red('It can not be deployed'), plan.refusals);
  lines.push(paint.dim(`Plan ${plan.id}: \`millrace deploy --plan ${plan.id}\` does this, or nothing.`));
  return lines.join('\n');
}

function topologyLines(
  { change, from_version, to_version, take_over, code_changed, nodes, states, sinks, consumers }: TopologyChange,
  by: (change: keyof typeof signs, text: string) => string,
): string[] {
  const now = to_version ?? from_version;
  const versions =
    from_version === null || from_version === now ? `version ${now}` : `version ${from_version} → ${now}`;
  const lines = [by(change, `${versions}: ${take_over}${code_changed ? '; its processors’ code changed' : ''}`)];
  for (const node of nodes) {
    lines.push(by(node.change, `node ${node.node}`));
    if (node.change === 'change')
      lines.push(`    - ${JSON.stringify(node.before)}`, `    + ${JSON.stringify(node.after)}`);
  }
  // What a topology that begins or ends does to its states, sinks and consumers is plain from its nodes.
  if (change !== 'change') return lines;
  for (const { node, how, from } of states) lines.push(`  state of ${node}: ${how}${from ? `, from ${from}` : ''}`);
  for (const { node, target, change: how } of sinks) lines.push(by(how, `sink ${node} into ${target}`));
  for (const { source, topic, change: how, lag } of consumers) {
    const left = how === 'end' ? `, ${lag} records stay untaken` : `, lag ${lag}`;
    lines.push(
      by(
        how,
        `source ${source} of ${topic}: ${how === 'begin' ? 'begins at the start of what is kept' : how === 'end' ? 'ends' : 'goes on'}${how === 'begin' ? '' : left}`,
      ),
    );
  }
  return lines;
}
