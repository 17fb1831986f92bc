import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Settings } from '../../config/settings.ts';
import { checkedTls } from '../../edge/transport/tls.ts';
import { type Finding, fail, look, ok, warn } from '../../platform/doctor.ts';
import { messageOf } from '../../platform/errors/error.ts';

const day_ms = 86_400_000;
/** A certificate that ends sooner should be on its way to be replaced. */
const soon_days = 14;

export async function edgeChecks(settings: Settings): Promise<Finding[]> {
  return [transport(settings), ...(await look('tls', 'Name files that belong together.', async () => tls(settings)))];
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
