import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import type { Person } from '../directory/person.ts';
import { MillraceError, messageOf } from '../errors/error.ts';
import type { Rate, Rates } from './port.ts';
import { takeScript } from './redis/script.ts';

export interface RedisRatesOptions {
  /** redis://user:password@host:port/db, or rediss:// */
  url: string;
  /** File with the authorities that the server's certificate may come from. Default: those that Node knows. */
  ca?: string | undefined;
  /** Begins every key. Default none. */
  prefix?: string | undefined;
  /** Told of each broken connection; while it is broken, `take` is `unavailable` at once. */
  onError(error: Error): void;
  /** Milliseconds since 1970, for tests. Default: the clock of Redis, which all processes share. */
  clock?: (() => number) | undefined;
}

/** A block that comes later than this is no block ahead. */
const deadline_ms = 500;

interface RatesRedis extends Redis {
  ratesTake(...args: (string | number)[]): Promise<number>;
}

/** Buckets in Redis, for any number of processes. Opens also while Redis is away. */
export function openRedisRates({ url, ca, prefix = '', onError, clock }: RedisRatesOptions): Rates {
  const redis = new Redis(url, {
    ...(ca === undefined ? {} : { tls: { ca: readFileSync(ca) } }),
    enableOfflineQueue: false,
    // What was on its way may have been taken: sent again it would be taken twice.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: deadline_ms,
    connectTimeout: 2000,
    retryStrategy: (times) => Math.min(times * 100, 2000),
    connectionName: 'millrace-rates',
  });
  redis.on('error', onError);
  redis.defineCommand('ratesTake', { numberOfKeys: 1, lua: takeScript });
  return new RedisRates(redis as RatesRedis, prefix, clock);
}

class RedisRates implements Rates {
  constructor(
    private readonly redis: RatesRedis,
    private readonly prefix: string,
    private readonly clock: (() => number) | undefined,
  ) {}

  async take({ workspace_id, user_id }: Person, wanted: number, { per_second, burst }: Rate): Promise<number> {
    // Escaped, so that an id with a colon can't look like another workspace's.
    const key = `${this.prefix}rate:${encodeURIComponent(workspace_id)}:${encodeURIComponent(user_id)}`;
    try {
      return await this.redis.ratesTake(key, wanted, per_second, burst, this.clock?.() ?? '');
    } catch (cause) {
      throw new MillraceError('unavailable', `rates: Redis does not answer (${messageOf(cause)})`, { cause });
    }
  }

  async close(): Promise<void> {
    this.redis.disconnect();
  }
}
