import type { Capacity } from './capacity.ts';
import { messagesASecond, sockets } from './demand.ts';
import type { FanOut } from './fan-out.ts';

/** The whole as text: what is asked, what it takes, what the knobs buy. */
export function renderCapacity({ demand, plan, fan_out, storms }: Capacity, seed: number): string {
  const table = [
    ['', 'count', 'cores', 'memory GiB', 'disk TiB', 'Gbit/s', 'decided by'],
    ...plan.map((part) => [
      part.part,
      String(part.count),
      whole(part.cores),
      whole(part.memory_gib),
      (part.disk_gib / 1024).toFixed(1),
      (part.network_mbit / 1000).toFixed(1),
      part.because,
    ]),
  ];
  return [
    `asked: ${whole(messagesASecond(demand))} messages and ${whole(fan_out.as_it_is.deliveries_a_second)} deliveries a second at the peak, ${whole(sockets(demand))} sockets`,
    '',
    ...columns(table),
    '',
    'cores are planned to be half busy at the peak; costs are those of the machine that they were measured on',
    '',
    `fan-out over ${fan_out.as_it_is.gateways} gateways (drawn with seed ${seed}):`,
    ...columns([
      ['', 'records a message', 'records a gateway second'],
      fanOutLine('as it is: to those interested', fan_out.as_it_is),
      fanOutLine('to every gateway', fan_out.to_all),
      fanOutLine('workspaces kept on four gateways', fan_out.kept_together),
    ]),
    `the busiest partition takes ${whole(fan_out.as_it_is.hottest_partition.messages_a_second)} messages a second, ${fan_out.as_it_is.hottest_partition.over_mean.toFixed(1)} times the mean`,
    '',
    'when sockets come back:',
    ...columns([
      ['', 'sockets', 'each gateway', 'over 30 s: all in', 'queue', 'at once: all in', 'queue', 'tried again'],
      ...storms.map(({ what, with_jitter, at_once }) => [
        what,
        whole(with_jitter.sockets),
        whole(with_jitter.each),
        `${with_jitter.seconds.toFixed(1)} s`,
        whole(with_jitter.longest_queue),
        `${at_once.seconds.toFixed(1)} s`,
        whole(at_once.longest_queue),
        whole(at_once.retries),
      ]),
    ]),
  ].join('\n');
}

function fanOutLine(what: string, { records_a_message, records_a_gateway_second }: FanOut): string[] {
  return [what, records_a_message.toFixed(1), whole(records_a_gateway_second)];
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** Cells of a column as wide as its widest; the first to the left, numbers to the right, the last as it is. */
function columns(rows: string[][]): string[] {
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  return rows.map((row) =>
    row
      .map((cell, at) =>
        at === 0 || (at === row.length - 1 && row.length > 4) ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!),
      )
      .join('  ')
      .trimEnd(),
  );
}
