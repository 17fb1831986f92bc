import { type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { request as requestTls } from 'node:https';
import { resolve } from 'node:path';
import { MillraceError } from '../platform/errors/error.ts';
import type { AdminRoute } from '../server/admin/route.ts';
import { adminSocket } from '../server/admin/socket-path.ts';

/** For a connection to come about; what comes over it may take its time. */
export const connect_ms = 10_000;

/**
 * Lines of JSON that a process's admin API answers with, until the signal aborts. Errors: `not_running`, `unavailable`
 * when it can't be connected to in time or ends before its answer does, and those of the API.
 */
export async function* adminCall(
  dataDir: string,
  method: AdminRoute['method'],
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): AsyncGenerator<unknown> {
  const { where, call } = target(dataDir);
  const response = await send({ where, call }, method, path, body, signal).catch((error: unknown) => {
    if (signal?.aborted) return undefined;
    throw error;
  });
  if (!response) return;
  const read = (line: string): unknown => checked(line, response.statusCode === 200, where);
  let rest = '';
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line) yield read(line);
    }
    if (rest) yield read(rest);
  } catch (error) {
    if (signal?.aborted) return;
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
    throw new MillraceError('unavailable', 'the process ended before it had answered');
  }
}

function send(
  { where, call }: Target,
  method: AdminRoute['method'],
  path: string,
  body: unknown,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  return new Promise((done, fail) => {
    const asked = call(path, { method, ...(signal ? { signal } : {}) }, done);
    asked.on('error', (error: NodeJS.ErrnoException) =>
      fail(
        error.code === 'ENOENT' || error.code === 'ECONNREFUSED'
          ? new MillraceError('not_running', `no Millrace process runs ${where}`)
          : error instanceof MillraceError
            ? error
            : new MillraceError('unavailable', `no connection ${where}: ${error.message.trim()}`),
      ),
    );
    const late = setTimeout(
      () => asked.destroy(new MillraceError('unavailable', `no connection ${where} in ${connect_ms / 1000} s`)),
      connect_ms,
    );
    const connected = (): void => clearTimeout(late);
    asked.on('socket', (socket) => (socket.connecting ? socket.once('connect', connected) : connected()));
    asked.on('close', connected);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

interface Target {
  where: string;
  call(path: string, options: RequestOptions, done: (response: IncomingMessage) => void): ClientRequest;
}

/** The process on the data folder, by its socket; or the one that MILLRACE_OPS_URL names, with MILLRACE_OPS_TOKEN. */
function target(dataDir: string): Target {
  const { MILLRACE_OPS_URL: url, MILLRACE_OPS_TOKEN: token } = process.env;
  if (!url) {
    const folder = resolve(dataDir);
    const socketPath = adminSocket(folder);
    return { where: `on ${folder}`, call: (path, options, done) => request({ socketPath, path, ...options }, done) };
  }
  if (!/^https?:/.test(url) || !URL.canParse(url))
    throw new MillraceError(
      'config_invalid',
      `MILLRACE_OPS_URL=${url}: must be an address as \`millrace ops\` prints it`,
    );
  const ask = url.startsWith('https:') ? requestTls : request;
  const headers = { authorization: `Bearer ${token ?? ''}` };
  return {
    where: `at ${url}`,
    call: (path, options, done) => ask(new URL(path, url), { headers, ...options }, done),
  };
}

/** A line of an answer. Errors: the one that it tells, and `not_running` where something else than an admin API answers. */
function checked(text: string, fine: boolean, where: string): unknown {
  let line: { error?: string; detail?: string };
  try {
    line = JSON.parse(text) as typeof line;
  } catch {
    line = {};
    fine = false;
  }
  const { error, detail } = line;
  if (error) throw new MillraceError(error as 'internal', detail ?? error);
  if (!fine)
    throw new MillraceError('not_running', `what answers ${where} is no operators’ port of a Millrace process`);
  return line;
}
