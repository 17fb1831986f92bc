import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { MillraceError, messageOf } from '../../errors/error.ts';
import { changeScript, dueScript, goneScript, renewScript } from './scripts.ts';

export interface RedisPresenceOptions {
  /** redis://user:password@host:port/db, or rediss:// */
  url: string;
  /** File with the authorities that the server's certificate may come from. Default: those that Node knows. */
  ca?: string | undefined;
  /** This process, as operators know it: what user_conn names behind each device. */
  gateway: string;
  /** Begins every key. Default none. */
  prefix?: string | undefined;
  /** Told of each broken connection and each failed look for ended leases; presence goes on by itself. */
  onError(error: Error): void;
  /** Milliseconds since 1970, for tests of devices' leases. Default: the clock of Redis, which all processes share. */
  clock?: (() => number) | undefined;
}

/** A call that takes longer has failed. Presence is worth no longer wait. */
export const deadline_ms = 2_000;

type Argument = string | number;

/** A client that knows the scripts. */
export interface PresenceRedis extends Redis {
  presenceChange(...args: Argument[]): Promise<[status: string, last_active_at: string | null, changed: number]>;
  presenceRenew(...args: Argument[]): Promise<0 | 1>;
  presenceGone(...args: Argument[]): Promise<string[]>;
  presenceDue(...args: Argument[]): Promise<string[]>;
}

/** Connects again by itself, for ever. While Redis is away every call fails at once and none waits for its return. */
export function connect({ url, ca, onError }: RedisPresenceOptions): PresenceRedis {
  const redis = new Redis(url, {
    ...(ca === undefined ? {} : { tls: { ca: readFileSync(ca) } }),
    enableOfflineQueue: false,
    // A command that was on its way is not sent again: the next sign of life says the same and more.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: deadline_ms,
    connectTimeout: deadline_ms,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
    connectionName: 'millrace-presence',
  });
  redis.on('error', onError);
  redis.defineCommand('presenceChange', { numberOfKeys: 5, lua: changeScript });
  redis.defineCommand('presenceDue', { numberOfKeys: 1, lua: dueScript });
  redis.defineCommand('presenceRenew', { numberOfKeys: 2, lua: renewScript });
  redis.defineCommand('presenceGone', { numberOfKeys: 1, lua: goneScript });
  return redis as PresenceRedis;
}

/** Error: `unavailable`. */
export async function answered<Answer>(call: Promise<Answer>): Promise<Answer> {
  try {
    return await call;
  } catch (error) {
    throw new MillraceError('unavailable', `presence: Redis does not answer (${messageOf(error)})`, { cause: error });
  }
}
