import { parentPort, workerData } from 'node:worker_threads';
import { MillraceError } from '../errors/error.ts';
import { type CallFrame, errorFrame, openId, type ReplyFrame } from './frames.ts';

/** Whatever a worker hosts has an end. */
export interface Closable {
  close(): Promise<void> | void;
}

type Method = (...args: unknown[]) => unknown;

/**
 * The worker's side: opens an object with the data that `host` was given, and answers calls to its methods until
 * `close` is called. Calls are taken up in the order in which they were made; those that wait for something inside may
 * end in another order.
 */
export function serve<Data, Served extends Closable>(open: (data: Data) => Promise<Served> | Served): void {
  const port = parentPort;
  if (!port) throw new Error('serve runs in a worker thread, started by host');
  const post = (frame: ReplyFrame): void => port.postMessage(frame);
  const running = new Set<Promise<void>>();

  const opened = Promise.resolve((workerData as { data: Data }).data).then(open);
  opened.then(
    () => post({ id: openId, value: null }),
    (error) => {
      post({ id: openId, error: errorFrame(error) });
      port.close();
    },
  );

  const answer = async (frame: CallFrame): Promise<void> => {
    try {
      const served = await opened;
      if (frame.method === 'close') {
        // The main side sends nothing after `close`, so what runs now is all there is.
        await Promise.allSettled([...running]);
        await served.close();
      } else {
        if (Date.now() > frame.expires)
          throw new MillraceError('unavailable', 'this call waited too long for its turn');
        const method = (served as unknown as { [name: string]: Method })[frame.method];
        if (!method) throw new Error(`The worker's object has no method ${frame.method}`);
        post({ id: frame.id, value: await method.apply(served, frame.args) });
        return;
      }
      post({ id: frame.id, value: null });
    } catch (error) {
      post({ id: frame.id, error: errorFrame(error) });
    }
    if (frame.method === 'close') port.close();
  };

  port.on('message', (frame: CallFrame) => {
    if (frame.method === 'close') {
      void answer(frame);
      return;
    }
    const done = answer(frame).finally(() => running.delete(done));
    running.add(done);
  });
}
