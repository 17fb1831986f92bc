import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { MillraceError, messageOf } from '../../platform/errors/error.ts';

export interface TlsFiles {
  cert: string;
  key: string;
}

/** The files, where both can be read and belong together: uWebSockets.js would say no more than that it can't listen. */
export function checkedTls(cert: string | undefined, key: string | undefined): TlsFiles | undefined {
  if (cert === undefined || key === undefined) return undefined;
  try {
    createSecureContext({ cert: readFileSync(cert), key: readFileSync(key) });
  } catch (error) {
    throw new MillraceError(
      'config_invalid',
      `MILLRACE_TLS_CERT=${cert}, MILLRACE_TLS_KEY=${key}: can not be used (${messageOf(error)})`,
    );
  }
  return { cert, key };
}
