import pc from 'picocolors';
import { parseSettings } from '../../config/parse.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import { parseDuration } from '../../runtime/duration.ts';
import { shownKey } from '../../runtime/observing/shown-key.ts';
import type { TapLine } from '../../server/tap/tap.ts';
import { adminCall } from '../admin-client.ts';
import type { Terminal } from '../command.ts';

export interface TapCommandOptions {
  output?: string;
  where?: string;
  sample?: string;
  limit?: string;
  for?: string;
  once?: boolean;
  json?: boolean;
}

/** Prints records as they leave a node, until enough were printed, the time is over, or Ctrl-C. */
export async function runTap(place: string, options: TapCommandOptions, terminal: Terminal): Promise<void> {
  const [topology, node, ...more] = place.split('/');
  if (!topology || !node || more.length > 0)
    throw new MillraceError(
      'invalid_request',
      `node: must be TOPOLOGY/NODE, such as messages/sequence, not "${place}"`,
    );
  const query = new URLSearchParams();
  for (const name of ['output', 'where', 'sample', 'limit'] as const)
    if (options[name] !== undefined) query.set(name, options[name]);
  if (options.once) query.set('limit', '1');
  const most_ms = options.for === undefined ? undefined : parseDuration(options.for);
  if (options.for !== undefined && most_ms === undefined)
    throw new MillraceError('invalid_request', '--for: must be a duration such as 10s');
  const ends = new AbortController();
  const stop = (): void => ends.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const timer = most_ms === undefined ? undefined : setTimeout(stop, most_ms);
  try {
    const path = `/tap/${encodeURIComponent(topology)}/${encodeURIComponent(node)}?${query}`;
    for await (const line of adminCall(parseSettings(terminal.env).data_dir, 'GET', path, undefined, ends.signal))
      print(line as TapLine, options.json ?? false, terminal);
  } finally {
    clearTimeout(timer);
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

function print(line: TapLine, json: boolean, terminal: Terminal): void {
  if ('listening' in line) terminal.err(`Listening to ${line.listening}; Ctrl-C ends.`);
  else if ('dropped' in line) {
    const reason = line.reason === null ? '' : `, ${line.failed} did not fit --where: ${line.reason}`;
    terminal.err(`so far ${line.dropped} came too fast to be shown${reason}`);
  } else if (json) terminal.out(JSON.stringify(line));
  else terminal.out(readable(line, terminal.color));
}

function readable(
  {
    time,
    schema,
    output,
    key,
    partition,
    offset,
    value,
  }: Exclude<TapLine, { listening: string } | { dropped: number }>,
  color: boolean,
): string {
  const paint = pc.createColors(color);
  const what = output === null ? schema : `${schema} → ${output}`;
  const head = `${new Date(time).toISOString()} ${paint.bold(what)} ${paint.cyan(shownKey(key))} ${paint.dim(`${partition}@${offset}`)}`;
  return `${head}\n  ${JSON.stringify(value)}`;
}
