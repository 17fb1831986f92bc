import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Registry } from 'prom-client';
import type { HttpRequest, HttpResponse } from '../transport/port.ts';

const dist = fileURLToPath(new URL('../../web/dist/', import.meta.url));

const types: { [extension: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};

const pageHeaders = {
  'content-security-policy':
    "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

export interface OpenPages {
  registry: Registry;
  ready(): boolean;
  descriptions: { [path: string]: object };
}

/** What needs no token: probes, metrics, the two descriptions, the web page's files. Undefined for anything else. */
export function openPages({
  registry,
  ready,
  descriptions,
}: OpenPages): (request: HttpRequest) => Promise<HttpResponse | undefined> {
  const files = readFiles();
  const bodies = new Map(Object.entries(descriptions).map(([path, value]) => [path, JSON.stringify(value)]));
  return async ({ method, path, header }) => {
    if (method !== 'GET' && method !== 'HEAD') return undefined;
    if (path === '/healthz') return json(200, '{"status":"ok"}');
    if (path === '/readyz') return ready() ? json(200, '{"status":"ready"}') : json(503, '{"status":"not ready"}');
    if (path === '/metrics')
      return { status: 200, headers: { 'content-type': registry.contentType }, body: await registry.metrics() };
    const description = bodies.get(path);
    if (description) return json(200, description);
    const file = files.get(path === '/' ? '/index.html' : path);
    return file && (/\bbr\b/.test(header('accept-encoding') ?? '') ? file.brotli : file.plain);
  };
}

/** The page's files, read once: they are small, and their names carry a hash of their content. Each lies there in brotli, too. */
function readFiles(): Map<string, { plain: HttpResponse; brotli: HttpResponse }> {
  const files = new Map<string, { plain: HttpResponse; brotli: HttpResponse }>();
  if (!existsSync(dist)) return files;
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.endsWith('.br')) continue;
    const full = `${entry.parentPath ?? entry.path}/${entry.name}`;
    const path = `/${full.slice(dist.length).replaceAll('\\', '/').replace(/^\//, '')}`;
    const cache = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
    const headers = {
      ...pageHeaders,
      'content-type': types[extname(path)] ?? 'application/octet-stream',
      'cache-control': cache,
      vary: 'accept-encoding',
    };
    const body = readFileSync(full);
    files.set(path, {
      plain: { status: 200, headers, body },
      brotli: { status: 200, headers: { ...headers, 'content-encoding': 'br' }, body: readFileSync(`${full}.br`) },
    });
  }
  return files;
}

function json(status: number, body: string): HttpResponse {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body };
}
