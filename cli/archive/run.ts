import { parseSettings } from '../../config/parse.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import type { Archived } from '../../platform/messages/cold/archive.ts';
import { adminCall } from '../admin-client.ts';
import type { Terminal } from '../command.ts';
import { Progress } from '../progress.ts';

/** Has the process archive what is older than a UTC day, or a time. */
export async function runArchive({ before, json }: { before: string; json?: boolean }, terminal: Terminal) {
  const before_ms = Date.parse(before);
  if (!/^\d{4}-\d{2}-\d{2}/.test(before) || Number.isNaN(before_ms))
    throw new MillraceError('invalid_request', '--before: must be a UTC day such as 2025-12-31, or an RFC 3339 time');
  const progress = new Progress(terminal, 'rows looked at', undefined);
  let done: Archived = { messages: 0, objects: 0, scanned: 0 };
  for await (const line of adminCall(parseSettings(terminal.env).data_dir, 'POST', '/archive', { before_ms })) {
    done = line as Archived;
    progress.update(done.scanned);
  }
  progress.end(done.scanned);
  terminal.out(json ? JSON.stringify(done) : `${done.messages} messages are in ${done.objects} more objects`);
}
