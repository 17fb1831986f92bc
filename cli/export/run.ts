import { existsSync } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseSettings } from '../../config/parse.ts';
import type { Settings } from '../../config/settings.ts';
import { isId } from '../../edge/auth/claims.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import { lockDataFolder } from '../../platform/lmdb/lock.ts';
import { openEngines } from '../../server/engines/engines.ts';
import { exportRecords } from '../../server/export/export.ts';
import type { ExportRecord, ExportRequest } from '../../server/export/records.ts';
import { createLogger } from '../../server/logger.ts';
import { adminCall } from '../admin-client.ts';
import type { Terminal } from '../command.ts';
import { Progress } from '../progress.ts';
import { Exporter, type ExportReport } from './exporter.ts';
import { Spool } from './spool.ts';
import { ZipWriter } from './zip-writer.ts';

export interface ExportOptions {
  workspace: string;
  private?: boolean;
  user?: string;
  json?: boolean;
}

/** Writes the zip and prints the report. What was begun and not ended leaves no file. Error: `conflict` for one that is there. */
export async function runExport(name: string, options: ExportOptions, terminal: Terminal): Promise<void> {
  const { workspace, user } = options;
  if (!isId(workspace) || (user !== undefined && !isId(user)))
    throw new MillraceError('invalid_request', '--workspace, --user: must be ids of 1 to 128 characters');
  const file = resolve(name);
  if (existsSync(file)) throw new MillraceError('conflict', `there is a file ${name} already: choose another name`);
  const settings = parseSettings(terminal.env);
  const request = { workspace_id: workspace, private: options.private ?? false, user_id: user };
  const stopped = new AbortController();
  const stop = (): void => stopped.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  const unfinished = `${file}.${process.pid}.part`;
  const spool = await Spool.open(`${unfinished}.days`);
  try {
    const zip = new ZipWriter(unfinished);
    const report = await write(zip, spool, recordsOf(settings, request, stopped.signal, terminal), user !== undefined);
    await rename(unfinished, file);
    const { size } = await stat(file);
    terminal.out(options.json ? JSON.stringify({ file, ...report, bytes: size }, null, 2) : render(name, report, size));
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
    await spool.remove();
    await rm(unfinished, { force: true });
  }

  async function write(zip: ZipWriter, days: Spool, records: AsyncIterable<ExportRecord>, onePerson: boolean) {
    const exporter = new Exporter(zip, days, onePerson);
    let progress: Progress | undefined;
    let roots = 0;
    const made = await exporter.run(records, (done, all) => {
      roots = done;
      progress ??= new Progress(terminal, 'top-level messages', all);
      progress.update(done);
    });
    await zip.end();
    progress?.end(roots);
    return made;
  }
}

/** From the process on the data folder; from the folder itself where none runs. */
async function* recordsOf(
  settings: Settings,
  request: ExportRequest,
  signal: AbortSignal,
  terminal: Terminal,
): AsyncGenerator<ExportRecord> {
  try {
    for await (const line of adminCall(settings.data_dir, 'POST', '/export', request, signal))
      yield line as ExportRecord;
    return;
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== 'not_running') throw error;
    if (terminal.env['MILLRACE_OPS_URL'] || !existsSync(settings.data_dir)) throw error;
  }
  terminal.err(`Nothing runs on ${settings.data_dir}: it is read here`);
  const folder = resolve(settings.data_dir);
  const lock = lockDataFolder(folder);
  try {
    const engines = await openEngines(settings, folder, createLogger(settings));
    try {
      yield* exportRecords({ directory: engines.directory, store: engines.messages }, request, signal);
    } finally {
      await engines.close();
    }
  } finally {
    lock.release();
  }
}

function render(name: string, { users, channels, messages, replies, reactions, days }: ExportReport, bytes: number) {
  return [
    `Exported to ${name} (${(bytes / 2 ** 20).toFixed(1)} MiB):`,
    `  people    ${users}`,
    `  channels  ${channels}`,
    `  messages  ${messages}, ${replies} of them replies, in ${days} files`,
    `  reactions ${reactions}`,
  ].join('\n');
}
