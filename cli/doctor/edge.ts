import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Settings } from '../../config/settings.ts';
import { checkedTls } from '../../edge/transport/tls.ts';
import { type Finding, fail, look, ok, warn } from '../../platform/doctor.ts';
import { messageOf } from '../../platform/errors/error.ts';

const day_ms = 86_400_000;
/** A certificate that ends sooner should be on its way to be replaced. */
const soon_days = 14;

export async function edgeChecks(settings: Settings): Promise<Finding[]> {
  return [
    transport(settings),
    ...files(settings),
    ...(await look('tls', 'Name files that belong together.', async () => tls(settings))),
  ];
}

function transport({ transport: wanted }: Settings): Finding {
  if (wanted === 'ws') return ok('transport', 'ws, as it is set');
  try {
    createRequire(import.meta.url)('uWebSockets.js');
    return ok('transport', 'uWebSockets.js loads');
  } catch (error) {
    const reason = `uWebSockets.js does not load: ${messageOf(error).split('\n', 1)[0]}`;
    const mend = 'Run Node 20 or a newer glibc; README.md tells how to install the official package.';
    if (wanted === 'uws') return fail('transport', reason, `${mend} Or set MILLRACE_TRANSPORT=auto.`);
    return warn('transport', `${reason}. ws is used, which is slower`, mend);
  }
}

/** What a process has open besides sockets: stores, connections to engines, the page. */
const otherFiles = 1000;

/** Of a production edge; where the system has no such table of limits (only Linux has), nothing is said. */
export function files({ log, sockets }: Pick<Settings, 'log' | 'sockets'>, limits = limitsOfProcess()): Finding[] {
  const most = Number(/^Max open files +\S+ +(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
  if (log === 'embedded' || most === Number.POSITIVE_INFINITY) return [];
  if (most >= sockets + otherFiles) return [ok('open files', `${most}, enough for ${sockets} sockets`)];
  return [
    warn(
      'open files',
      `this process may open ${most}, and MILLRACE_SOCKETS lets ${sockets} sockets in: the last of them find the door shut`,
      `Raise the hard limit (ulimit -Hn, LimitNOFILE) above ${sockets + otherFiles}, or set MILLRACE_SOCKETS to ${Math.max(0, most - otherFiles)}.`,
    ),
  ];
}

function limitsOfProcess(): string {
  return existsSync('/proc/self/limits') ? readFileSync('/proc/self/limits', 'utf8') : '';
}

function tls({ tls_cert, tls_key }: Settings): Finding[] {
  const files = checkedTls(tls_cert, tls_key);
  if (!files) return [];
  const { validTo } = new X509Certificate(readFileSync(files.cert));
  const left = Math.floor((Date.parse(validTo) - Date.now()) / day_ms);
  const mend = 'Put a new certificate in its place and restart.';
  if (left < 0) return [fail('tls', `the certificate ended at ${validTo}`, mend)];
  if (left < soon_days) return [warn('tls', `the certificate ends at ${validTo}`, mend)];
  return [ok('tls', `the certificate holds until ${validTo}`)];
}
