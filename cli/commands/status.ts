import pc from 'picocolors';
import { parseSettings } from '../../config/parse.ts';
import type { TopologyStatus } from '../../runtime/runner.ts';
import { adminCall } from '../admin-client.ts';
import { type AddCommand, examples } from '../command.ts';

interface Status {
  url: string;
  pid: number;
  uptime_s: number;
  topologies: TopologyStatus[];
}

export const addStatus: AddCommand = (program, terminal, done) => {
  program
    .command('status')
    .description('What the process on the data folder runs, and how far it is.')
    .option('--json', 'print everything as JSON')
    .addHelpText(
      'after',
      examples([
        ['millrace status', 'the process on ./.millrace'],
        ['MILLRACE_DATA_DIR=/var/lib/millrace millrace status --json', 'another one, for a script'],
      ]),
    )
    .action(async ({ json }: { json?: boolean }) => {
      const settings = parseSettings(terminal.env);
      for await (const line of adminCall(settings.data_dir, 'GET', '/status')) {
        const status = line as Status;
        terminal.out(json ? JSON.stringify(status, null, 2) : render(status, terminal.color));
        done(status.topologies.every((topology) => topology.tasks.every((task) => task.state === 'running')) ? 0 : 1);
      }
    });
};

function render({ url, pid, uptime_s, topologies }: Status, color: boolean): string {
  const paint = pc.createColors(color);
  const lines = [`${paint.bold('Millrace')} at ${url}, process ${pid}, up ${uptime_s} s`, ''];
  for (const { topology, version, tasks, sources, nodes } of topologies) {
    const running = tasks.filter((task) => task.state === 'running').length;
    const state =
      running === tasks.length ? paint.green('running') : paint.red(`${running} of ${tasks.length} tasks running`);
    lines.push(`${paint.bold(topology)} ${paint.dim(`v${version}`)}  ${state}, ${tasks.length} partitions`);
    for (const source of new Set(sources.map((entry) => entry.source))) {
      const lag = sources.filter((entry) => entry.source === source).reduce((sum, entry) => sum + entry.lag, 0);
      lines.push(`  ${source.padEnd(14)} ${paint.dim('source')} lag ${lag === 0 ? '0' : paint.yellow(String(lag))}`);
    }
    for (const [node, counts] of Object.entries(nodes)) {
      const trouble = [
        counts.retries > 0 ? `${counts.retries} retries` : '',
        counts.dead_letters > 0 ? `${counts.dead_letters} dead letters` : '',
      ].filter(Boolean);
      lines.push(
        `  ${node.padEnd(14)} ${String(counts.records).padStart(10)} records${trouble.length ? paint.red(`  ${trouble.join(', ')}`) : ''}`,
      );
    }
    const failed = tasks.find((task) => task.error !== null && task.state !== 'running');
    if (failed) lines.push(paint.red(`  partition ${failed.partition}: ${failed.error}`));
    lines.push('');
  }
  return lines.join('\n').trimEnd();
}
