import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';

export interface StackRedis {
  url: string;
  client: Redis;
  pid(): number;
  /** SIGKILL; `start` brings an empty one up again. */
  kill(): Promise<void>;
  start(): void;
  stop(): void;
}

const scripts = fileURLToPath(new URL('../../../ops/native/redis/', import.meta.url));
/** A server of these tests' own: they kill it. */
const own = { REDIS_PORT: '16389', REDIS_DATA: `${tmpdir()}/millrace-redis-presence-${process.getuid?.() ?? 0}` };

export function startRedis(): StackRedis {
  const env = { ...process.env, ...own };
  let pid = 0;
  const up = (): string => {
    const told = execFileSync(`${scripts}up.sh`, { encoding: 'utf8', env });
    pid = Number(/REDIS_PID=(\d+)/.exec(told)![1]);
    return /REDIS_URL=(\S+)/.exec(told)![1]!;
  };
  const url = up();
  const client = new Redis(url);
  client.on('error', () => undefined);
  return {
    url,
    client,
    pid: () => pid,
    async kill() {
      process.kill(pid, 'SIGKILL');
      await until(() => !isRunning(pid));
    },
    start: () => void up(),
    stop() {
      client.disconnect();
      execFileSync(`${scripts}down.sh`, { env });
    },
  };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // No such process.
    return false;
  }
}

/** Waits for what must come to be. */
export async function until(holds: () => boolean | Promise<boolean>, most_ms = 10_000): Promise<void> {
  const end = performance.now() + most_ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${most_ms} ms: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
