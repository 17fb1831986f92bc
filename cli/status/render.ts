import pc from 'picocolors';
import type { Status } from './fetch.ts';

/** Status as a person reads it. */
export function renderStatus({ url, pid, uptime_s, topologies }: Status, color: boolean): string {
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
