import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way between two processes that a test cuts and heals. */
export interface CutProxy {
  port: number;
  /** From now on nothing gets through; what is open ends. */
  cut(): void;
  heal(): void;
  close(): void;
}

/** `port`: where it listens, if not anywhere. */
export async function cutProxy(target: { port: number }, port = 0): Promise<CutProxy> {
  const open = new Set<Socket>();
  let whole = true;
  const server = createServer((client) => {
    if (!whole) return void client.destroy();
    const other = connect(target.port, '127.0.0.1');
    const end = (): void => {
      for (const side of [client, other]) {
        open.delete(side);
        side.destroy();
      }
    };
    for (const side of [client, other]) {
      open.add(side);
      side.on('error', end).on('close', end);
    }
    client.pipe(other).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const endAll = (): void => {
    for (const side of open) side.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      whole = false;
      endAll();
    },
    heal: () => {
      whole = true;
    },
    close: () => {
      endAll();
      server.close();
    },
  };
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
