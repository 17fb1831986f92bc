import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { root } from '../../config/folders.ts';

const dist = `${root}web/ops/dist`;

const types: { [extension: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

const headers = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/**
 * Answers for the files of the operators' page under /ops, read once; false for anything else. They need no token, for
 * they hold nothing: what the page shows, it asks of the admin API with the token from its link.
 */
export function opsPage(): (path: string, response: ServerResponse) => boolean {
  const files = readFiles();
  return (path, response) => {
    if (path === '/') {
      response.writeHead(302, { location: '/ops' }).end();
      return true;
    }
    const file = files.get(path.replace(/\/$/, ''));
    if (!file) return false;
    response.writeHead(200, file.headers).end(file.body);
    return true;
  };
}

function readFiles(): Map<string, { headers: { [name: string]: string }; body: Buffer }> {
  const files = new Map<string, { headers: { [name: string]: string }; body: Buffer }>();
  if (!existsSync(dist)) return files;
  for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const type = types[extname(name)];
    if (!type) continue;
    const path = name === 'index.html' ? '/ops' : `/ops/${name.replaceAll('\\', '/')}`;
    // The names of assets carry a hash of their content.
    const cache = path === '/ops' ? 'no-cache' : 'public, max-age=31536000, immutable';
    files.set(path, {
      headers: { ...headers, 'content-type': type, 'cache-control': cache },
      body: readFileSync(`${dist}/${name}`),
    });
  }
  return files;
}
