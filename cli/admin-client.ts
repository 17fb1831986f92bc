import { request } from 'node:http';
import { resolve } from 'node:path';
import { MillraceError } from '../platform/errors/error.ts';
import type { AdminRoute } from '../server/admin/route.ts';
import { adminSocket } from '../server/admin/socket-path.ts';

/** Lines of JSON that a process's admin API answers with. Errors: `not_running`, and those of the API. */
export async function* adminCall(
  dataDir: string,
  method: AdminRoute['method'],
  path: string,
  body?: unknown,
): AsyncGenerator<unknown> {
  const socketPath = adminSocket(resolve(dataDir));
  const response = await new Promise<import('node:http').IncomingMessage>((done, fail) => {
    const call = request({ socketPath, method, path }, done);
    call.on('error', (error: NodeJS.ErrnoException) =>
      fail(
        error.code === 'ENOENT' || error.code === 'ECONNREFUSED'
          ? new MillraceError('not_running', `no Millrace process runs on ${resolve(dataDir)}`)
          : error,
      ),
    );
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
  let rest = '';
  for await (const chunk of response) {
    rest += String(chunk);
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line) yield checked(JSON.parse(line));
  }
  if (rest) yield checked(JSON.parse(rest));
}

function checked(line: unknown): unknown {
  const { error, detail } = line as { error?: string; detail?: string };
  if (error) throw new MillraceError(error as 'internal', detail ?? error);
  return line;
}
