import { type IncomingMessage, request } from 'node:http';
import { resolve } from 'node:path';
import { MillraceError } from '../platform/errors/error.ts';
import type { AdminRoute } from '../server/admin/route.ts';
import { adminSocket } from '../server/admin/socket-path.ts';

/**
 * Lines of JSON that a process's admin API answers with, until the signal aborts. Errors: `not_running`, `unavailable`
 * when the process ends before its answer does, and those of the API.
 */
export async function* adminCall(
  dataDir: string,
  method: AdminRoute['method'],
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): AsyncGenerator<unknown> {
  const response = await send(dataDir, method, path, body, signal).catch((error: unknown) => {
    if (signal?.aborted) return undefined;
    throw error;
  });
  if (!response) return;
  let rest = '';
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line) yield checked(JSON.parse(line));
    }
    if (rest) yield checked(JSON.parse(rest));
  } catch (error) {
    if (signal?.aborted) return;
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
    throw new MillraceError('unavailable', 'the process ended before it had answered');
  }
}

function send(
  dataDir: string,
  method: AdminRoute['method'],
  path: string,
  body: unknown,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  const socketPath = adminSocket(resolve(dataDir));
  return new Promise((done, fail) => {
    const call = request({ socketPath, method, path, ...(signal ? { signal } : {}) }, done);
    call.on('error', (error: NodeJS.ErrnoException) =>
      fail(
        error.code === 'ENOENT' || error.code === 'ECONNREFUSED'
          ? new MillraceError('not_running', `no Millrace process runs on ${resolve(dataDir)}`)
          : error,
      ),
    );
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function checked(line: unknown): unknown {
  const { error, detail } = line as { error?: string; detail?: string };
  if (error) throw new MillraceError(error as 'internal', detail ?? error);
  return line;
}
