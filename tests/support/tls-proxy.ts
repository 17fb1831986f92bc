import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { Certificate } from './certificate.ts';

export interface TlsProxy {
  port: number;
  close(): void;
}

/** Speaks TLS with clients and hands what they say to an engine that speaks none here: the clients' side of TLS is then real. */
export async function tlsProxy(target: { host: string; port: number }, { cert, key }: Certificate): Promise<TlsProxy> {
  const open = new Set<TLSSocket>();
  const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (client) => {
    const engine = connect(target);
    open.add(client);
    const end = (): void => {
      open.delete(client);
      client.destroy();
      engine.destroy();
    };
    for (const side of [client, engine]) side.on('error', end).on('close', end);
    client.pipe(engine).pipe(client);
  });
  // A client that does not trust us ends the handshake, as it should.
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const client of open) client.destroy();
      server.close();
    },
  };
}
