import { once } from 'node:events';
import { chmodSync, existsSync, unlinkSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import createRouter from 'find-my-way';
import { catalogue } from '../../platform/errors/catalogue.ts';
import { MillraceError, messageOf } from '../../platform/errors/error.ts';
import { isOperator } from './operator-token.ts';
import type { AdminContext, AdminRoute } from './route.ts';
import { adminRoutes } from './routes/index.ts';
import { adminSocket } from './socket-path.ts';

/** Topology files and edited records come in bodies; none is near this. */
const bodyBytes = 4 * 1024 * 1024;

export interface AdminServer {
  /** Where operators reach the process over TCP. */
  url: string;
  close(): Promise<void>;
}

export interface AdminOptions {
  dataDir: string;
  /** Of the operators' TCP port. */
  host: string;
  port: number;
  /** What callers over TCP must show. */
  token: string;
  /** They answer what needs no token over TCP: probes, the operators' page. False: not answered. */
  open: ((path: string, response: ServerResponse) => boolean)[];
  /** Answers other regions, which show a token of their own. False: it was none of these. */
  regions?: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
}

/**
 * The admin API of a process, HTTP twice over: on a Unix socket in its data folder, mode 0600, so that whoever may read
 * the data may also operate it; and on a port of its own, never the public one, for those who hold the operators' token.
 * Errors: `port_in_use`.
 */
export async function startAdmin(
  parts: Omit<AdminContext, 'operators_url'>,
  options: AdminOptions,
): Promise<AdminServer> {
  const context: AdminContext = { ...parts, operators_url: '' };
  const router = createRouter({ ignoreTrailingSlash: true, maxParamLength: 600 });
  for (const route of adminRoutes) router.on(route.method, route.path, () => undefined, route);
  const answer = (request: IncomingMessage, response: ServerResponse): Promise<void> =>
    call(router, context, request, response);

  const path = adminSocket(options.dataDir);
  // The data folder's lock is ours, so a socket that lies there belongs to a process that was killed.
  if (existsSync(path)) unlinkSync(path);
  const local = createServer((request, response) => void answer(request, response));
  await listen(local, { path });
  chmodSync(path, 0o600);

  const remote = createServer((request, response) => {
    // Cut by hand: a URL throws for what anyone may send, and here nobody would catch it.
    const [pathname = '/'] = (request.url ?? '/').split('?', 1);
    if (request.method === 'GET' && options.open.some((answers) => answers(pathname, response))) return;
    if (options.regions?.(request, response)) return;
    if (isOperator(request.headers.authorization, options.token)) return void answer(request, response);
    fail(response, new MillraceError('unauthenticated', 'the operators’ token is needed: `millrace ops` shows it'));
  });
  try {
    await listen(remote, { host: options.host, port: options.port });
  } catch (error) {
    await close(local);
    throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
      ? new MillraceError(
          'port_in_use',
          `the operators’ port ${options.port} is taken: choose another MILLRACE_OPS_PORT`,
        )
      : error;
  }
  const { port } = remote.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  context.operators_url = `http://${host}:${port}`;
  return {
    url: context.operators_url,
    close: async () => void (await Promise.all([close(local), close(remote)])),
  };
}

async function call(
  router: ReturnType<typeof createRouter>,
  context: AdminContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const url = new URL(request.url ?? '/', 'http://admin');
    const found = router.find(request.method as 'GET', url.pathname);
    const route = found?.store as AdminRoute | undefined;
    if (!found || !route)
      throw new MillraceError('not_found', `the admin API has no ${request.method} ${url.pathname}`);
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const body = await readBody(request);
    const result = await route.run(context, {
      params: found.params,
      query: url.searchParams,
      body,
      signal: gone.signal,
    });
    if (!isStream(result)) return end(response, 200, result ?? {});
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    for await (const line of result) {
      if (gone.signal.aborted) break;
      if (!response.write(`${JSON.stringify(line)}\n`)) await drained(response, gone.signal);
    }
    response.end();
  } catch (error) {
    fail(response, error);
  }
}

function isStream(result: unknown): result is AsyncIterable<unknown> {
  return typeof result === 'object' && result !== null && Symbol.asyncIterator in result;
}

/** A reader that does not keep up holds its stream back; one that went away lets go. */
export async function drained(response: ServerResponse, gone: AbortSignal): Promise<void> {
  await once(response, 'drain', { signal: gone }).catch(() => undefined);
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > bodyBytes) throw new MillraceError('too_large', `body: is larger than ${bodyBytes / 1024 / 1024} MiB`);
    chunks.push(chunk as Buffer);
  }
  if (length === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw new MillraceError('invalid_request', `body: is not JSON: ${messageOf(error)}`);
  }
}

function fail(response: ServerResponse, error: unknown): void {
  const known = error instanceof MillraceError ? error : new MillraceError('internal', messageOf(error));
  const problem = { error: known.code, detail: known.detail };
  if (response.headersSent) response.end(`${JSON.stringify(problem)}\n`);
  else end(response, catalogue[known.code].status, problem);
}

function end(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function listen(server: Server, where: { path: string } | { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
