import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import type { Certificate } from './certificate.ts';

/** Has this process trust a certificate besides those that Node knows, as NODE_EXTRA_CA_CERTS would from its start. */
export function trust({ cert }: Certificate): void {
  const authority = readFileSync(cert, 'utf8');
  const { createSecureContext } = tls;
  tls.createSecureContext = (options) => {
    const context = createSecureContext(options);
    (context.context as { addCACert(pem: string): void }).addCACert(authority);
    return context;
  };
}
