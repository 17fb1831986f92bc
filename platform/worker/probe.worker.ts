import { MillraceError } from '../errors/error.ts';
import { serve } from './serve.ts';

/** What worker.test.ts calls in another thread. */
export interface Probe {
  echo(value: unknown): Promise<unknown>;
  after(ms: number, value: string): Promise<string>;
  block(ms: number): Promise<void>;
  refuse(code: 'conflict' | 'not_found', detail: string): Promise<void>;
  fail(text: string): Promise<void>;
  crash(): Promise<void>;
  close(): Promise<void>;
}

serve((data: { failOpen?: string; failClose?: boolean }) => {
  if (data.failOpen) throw new MillraceError('config_invalid', data.failOpen);
  const probe: Probe = {
    echo: async (value) => value,
    after: (ms, value) => new Promise((resolve) => setTimeout(() => resolve(value), ms)),
    block: async (ms) => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    },
    refuse: async (code, detail) => {
      throw new MillraceError(code, detail, { retryAfter: 3 });
    },
    fail: async (text) => {
      throw new TypeError(text);
    },
    crash: async () => {
      setTimeout(() => {
        throw new Error('crashed on purpose');
      }, 0);
      await new Promise(() => setTimeout(() => undefined, 60_000));
    },
    close: async () => {
      if (data.failClose) throw new Error('could not close');
    },
  };
  return probe;
});
