import { parseSettings } from '../../config/parse.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import { parseDuration } from '../../runtime/duration.ts';
import { meantKey } from '../../runtime/observing/shown-key.ts';
import type { ReplayOptions } from '../../runtime/replay/options.ts';
import type { ReplayLine } from '../../server/replay/run-replay.ts';
import { adminCall } from '../admin-client.ts';
import type { Terminal } from '../command.ts';
import { Progress } from '../progress.ts';

export interface ReplayFlags {
  from: string;
  partition?: string[];
  key?: string[];
  rate: string;
  sink?: string[];
  fresh?: boolean;
  rollback?: boolean;
  json?: boolean;
}

export async function runReplayCommand(topology: string, flags: ReplayFlags, terminal: Terminal): Promise<void> {
  const { data_dir } = parseSettings(terminal.env);
  if (flags.rollback) return rollback(topology, data_dir, flags.json ?? false, terminal);
  const body = { options: optionsOf(flags), fresh: flags.fresh ?? false };
  let progress: Progress | undefined;
  let last = 0;
  const began = Date.now();
  const ends = new AbortController();
  const stop = (): void => ends.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  for await (const line of adminCall(data_dir, 'POST', `/replay/${encodeURIComponent(topology)}`, body, ends.signal)) {
    const step = line as ReplayLine;
    if (flags.json) {
      terminal.out(JSON.stringify(step));
      continue;
    }
    if (step.phase === 'resume') terminal.err(`going on after ${step.records} records; --fresh begins anew`);
    else if (step.phase === 'store' || step.phase === 'log') {
      progress ??= new Progress(terminal, 'replayed', step.total ?? undefined, began);
      last = step.records;
      progress.update(last);
    } else if (step.phase === 'compare') {
      progress?.end(last);
      terminal.err(
        `compared: ${step.indexed} documents in the new index, ${step.documents} messages in the store, ${step.different} of ${step.compared} samples differ`,
      );
    } else if (step.phase !== 'done') continue;
    else {
      if (step.generation === null) progress?.end(last);
      if (step.dead_letters > 0)
        terminal.err(`${step.dead_letters} records were refused and went to dead letters: \`millrace dlq list\``);
      terminal.out(
        step.generation === null
          ? `Replayed: ${step.records} records, into what serves.`
          : `Swapped in: index ${step.generation}. \`millrace replay ${topology} --rollback\` goes back.`,
      );
    }
  }
  if (ends.signal.aborted) throw new MillraceError('unavailable', 'interrupted; the same command goes on where it was');
}

async function rollback(topology: string, dataDir: string, json: boolean, terminal: Terminal): Promise<void> {
  if (topology !== 'index')
    throw new MillraceError(
      'invalid_request',
      `--rollback: only the search index has a former version, not ${topology}`,
    );
  for await (const line of adminCall(dataDir, 'POST', '/rollback/search')) {
    const { id, documents } = line as { id: string; documents: number };
    terminal.out(json ? JSON.stringify(line) : `Serving the former index, ${id}, of ${documents} documents, again.`);
  }
}

function optionsOf({ from, partition, key, rate, sink }: ReplayFlags): ReplayOptions {
  const perSecond = rate === 'max' ? 0 : Number(rate);
  if (rate !== 'max' && !(Number.isInteger(perSecond) && perSecond > 0))
    throw new MillraceError('invalid_request', `--rate: must be records a second, or max, not "${rate}"`);
  const partitions = partition?.map(Number);
  if (partitions?.some((number) => !Number.isInteger(number) || number < 0))
    throw new MillraceError('invalid_request', '--partition: must be numbers, counted from 0');
  return {
    from: originOf(from),
    rate: perSecond,
    ...(partitions ? { partitions } : {}),
    ...(key ? { keys: key.map(meantKey) } : {}),
    ...(sink ? { sinks: sink } : {}),
  };
}

function originOf(from: string): ReplayOptions['from'] {
  if (from === 'store' || from === 'start') return { kind: from };
  if (/^\d+$/.test(from)) return { kind: 'offset', offset: Number(from) };
  const ago = parseDuration(from);
  if (ago !== undefined) return { kind: 'time', time: Date.now() - ago };
  const time = Date.parse(from);
  // Date.parse takes anything that looks like a date, -1 as the year 2001.
  if (/^\d{4}-\d{2}-\d{2}/.test(from) && !Number.isNaN(time)) return { kind: 'time', time };
  throw new MillraceError(
    'invalid_request',
    `--from: must be store, start, an offset, a time such as 2026-11-24T09:00Z, or how long ago, such as 2h; not "${from}"`,
  );
}
