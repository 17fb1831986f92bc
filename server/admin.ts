import { chmodSync, existsSync, unlinkSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { catalogue } from '../platform/errors/catalogue.ts';
import { MillraceError, messageOf } from '../platform/errors/error.ts';
import type { MessageStore } from '../platform/messages/port.ts';
import type { SearchIndex } from '../platform/search/port.ts';
import type { Runner } from '../runtime/runner.ts';
import { rebuildSearch } from './rebuild-search.ts';

export interface AdminPorts {
  runner: Runner;
  search: SearchIndex;
  store: MessageStore;
  /** Where this process serves. */
  url: string;
  logger: Logger;
}

export interface AdminServer {
  close(): Promise<void>;
}

export const adminSocket = (dataDir: string): string => `${dataDir}/admin.sock`;

/**
 * The admin API of a process: HTTP on a Unix socket in its data folder, mode 0600, so that whoever may read the data may
 * also operate it, and no one else. Long work answers in lines of JSON as it goes.
 */
export async function startAdmin(dataDir: string, ports: AdminPorts): Promise<AdminServer> {
  const path = adminSocket(dataDir);
  // The data folder's lock is ours, so a socket that lies there belongs to a process that was killed.
  if (existsSync(path)) unlinkSync(path);
  const server = createServer((request, response) => void answer(request, response, ports));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, ports: AdminPorts): Promise<void> {
  try {
    const url = new URL(request.url ?? '/', 'http://admin');
    switch (`${request.method} ${url.pathname}`) {
      case 'GET /status':
        return end(response, 200, {
          url: ports.url,
          pid: process.pid,
          uptime_s: Math.round(process.uptime()),
          topologies: await ports.runner.status(),
        });
      case 'POST /replay/search': {
        const gone = new AbortController();
        request.on('close', () => gone.abort());
        response.writeHead(200, { 'content-type': 'application/x-ndjson' });
        for await (const progress of rebuildSearch(ports, gone.signal)) response.write(`${JSON.stringify(progress)}\n`);
        response.end();
        return;
      }
      case 'POST /rollback/search':
        return end(response, 200, await ports.search.rollback());
      default:
        throw new MillraceError('not_found', `the admin API has no ${request.method} ${url.pathname}`);
    }
  } catch (error) {
    const known = error instanceof MillraceError ? error : new MillraceError('internal', messageOf(error));
    if (response.headersSent) response.end(`${JSON.stringify({ error: known.code, detail: known.detail })}\n`);
    else end(response, catalogue[known.code].status, { error: known.code, detail: known.detail });
  }
}

function end(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
