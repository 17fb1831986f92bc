import pc from 'picocolors';
import { age, count } from '../../runtime/observing/format.ts';
import { type State, stateOf } from '../../runtime/observing/state.ts';
import type { Status } from './fetch.ts';
import { nodeRows } from './rows.ts';
import { tableHead, tableRow } from './table.ts';

/** Status as a person reads it. */
export function renderStatus(status: Status, color: boolean): string {
  const paint = pc.createColors(color);
  const rows = nodeRows(status);
  const lines = [headline(status, color), ''];
  for (const topology of status.topologies) {
    const { topology: name, version, tasks } = topology;
    const how = paintedState(stateOf(topology), paint);
    const here = tasks.filter(({ worker, state }) => worker === null && state !== 'unassigned').length;
    const elsewhere = here < tasks.length ? `, ${here} here` : '';
    const partitions = `${tasks.length} ${tasks.length === 1 ? 'partition' : 'partitions'}${elsewhere}`;
    lines.push(`${paint.bold(name)} ${paint.dim(`v${version}`)}  ${how}, ${partitions}`);
    lines.push(paint.dim(tableHead('  node')));
    const own = rows.filter((row) => row.topology === name);
    for (const row of own) lines.push(tableRow(`  ${row.node}`, row, paint));
    const state = Object.entries(topology.state_rows).map(([node, kept]) => `${node} ${count(kept)} rows`);
    if (state.length > 0) lines.push(paint.dim(`  state: ${state.join(', ')}`));
    for (const { node, last_error } of own)
      if (last_error) lines.push(paint.red(`  ${node}: ${last_error.message} (${ago(last_error.at)})`));
    const failed = tasks.find((task) => task.error !== null && task.state !== 'running');
    if (failed) lines.push(paint.red(`  partition ${failed.partition}: ${failed.error}`));
    lines.push('');
  }
  return lines.join('\n').trimEnd();
}

export function headline({ url, pid, uptime_s }: Status, color: boolean): string {
  const where = url === null ? 'that serves no clients' : `at ${url}`;
  return `${pc.createColors(color).bold('Millrace')} ${where}, process ${pid}, up ${age(uptime_s)}`;
}

export function paintedState({ text, tone }: State, paint: ReturnType<typeof pc.createColors>): string {
  return { good: paint.green, held: paint.yellow, bad: paint.red }[tone](text);
}

function ago(at: number): string {
  return `${age(Math.max(0, (Date.now() - at) / 1000))} ago`;
}
