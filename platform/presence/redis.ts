import type { Person } from '../directory/port.ts';
import type { Presence, PresenceState, SetStatus, Status } from './port.ts';
import { answered, connect, deadline_ms, type PresenceRedis } from './redis/connection.ts';
import { endsKey, keysOf, memberOf, personOf } from './redis/keys.ts';
import { OwnDevices } from './redis/own-devices.ts';

export interface RedisPresenceOptions {
  /** redis://user:password@host:port/db, or rediss:// */
  url: string;
  /** This process, as operators know it: what user_conn names behind each device. */
  gateway: string;
  /** Begins every key. Default none. */
  prefix?: string | undefined;
  /** Told of each broken connection and each failed look for ended leases; presence goes on by itself. */
  onError(error: Error): void;
  /** Milliseconds since 1970, for tests. Default: the clock of Redis, which all processes share. */
  clock?: (() => number) | undefined;
}

const sweepEvery_ms = 500;
/** People whose leases are ended in one go. */
const sweptAtOnce = 200;

/**
 * Presence in Redis, for any number of processes. A lease that nobody renews is ended by whichever process looks first, so
 * a gateway that dies takes its people along a lease later. A change is told in one of the processes, the one whose call
 * made it: from there the log carries it to all who watch. Resolves also while Redis is away; calls are `unavailable` then.
 */
export async function openRedisPresence(options: RedisPresenceOptions): Promise<Presence> {
  const redis = connect(options.url, options.onError);
  await new Promise<void>((resolve) => {
    const waited = setTimeout(resolve, deadline_ms);
    redis.once('ready', () => {
      clearTimeout(waited);
      resolve();
    });
  });
  return new RedisPresence(redis, options);
}

type What = 'touch' | 'idle' | 'set' | 'leave' | 'sweep';

class RedisPresence implements Presence {
  private listener: (person: Person, state: PresenceState) => void = () => undefined;
  private readonly own = new OwnDevices();
  private readonly sweeping: NodeJS.Timeout;
  private swept: Promise<void> | undefined;
  private readonly prefix: string;

  constructor(
    private readonly redis: PresenceRedis,
    private readonly options: RedisPresenceOptions,
  ) {
    this.prefix = options.prefix ?? '';
    redis.on('ready', () => this.noted(this.restore()));
    this.sweeping = setInterval(() => {
      // One look at a time: a slow Redis gathers none.
      this.swept ??= this.noted(this.sweep()).finally(() => {
        this.swept = undefined;
      });
    }, sweepEvery_ms);
    this.sweeping.unref();
  }

  async touch(person: Person, device: string): Promise<void> {
    this.own.here(person, device);
    await this.change(person, 'touch', device, '0');
  }

  async setIdle(person: Person, device: string, idle: boolean): Promise<void> {
    this.own.here(person, device, idle);
    await this.change(person, 'idle', device, idle ? '1' : '0');
  }

  async setStatus(person: Person, status: SetStatus): Promise<void> {
    await this.change(person, 'set', '', status);
  }

  async leave(person: Person, device: string, in_ms: number): Promise<void> {
    this.own.left(person, device);
    await this.change(person, 'leave', device, String(in_ms));
    this.own.forget(person, device);
  }

  async statuses(people: Person[]): Promise<PresenceState[]> {
    const pipeline = this.redis.pipeline();
    for (const person of people) {
      const keys = keysOf(this.prefix, person);
      pipeline.hget(keys.presence, 'status').hget(keys.kept, 'last_active_at');
    }
    const answers = (await answered(pipeline.exec())) ?? [];
    const values = await answered(
      Promise.all(
        answers.map(async ([error, value]) => {
          if (error) throw error;
          return value as string | null;
        }),
      ),
    );
    return people.map((_, i) => stateOf(values[2 * i] ?? 'offline', values[2 * i + 1] ?? null));
  }

  onChange(listener: (person: Person, state: PresenceState) => void): void {
    this.listener = listener;
  }

  async close(): Promise<void> {
    clearInterval(this.sweeping);
    await this.swept;
    this.redis.disconnect();
  }

  private async change(person: Person, what: What, device: string, value: string): Promise<void> {
    const { presence, connections, kept } = keysOf(this.prefix, person);
    const keys = [presence, connections, kept, endsKey(this.prefix)];
    const args = [this.now(), what, memberOf(person), device, value, this.options.gateway];
    const [status, last_active_at, changed] = await answered(this.redis.presenceChange(...keys, ...args));
    if (changed === 1) this.listener(person, stateOf(status, last_active_at));
  }

  private async sweep(): Promise<void> {
    if (this.redis.status !== 'ready') return;
    for (;;) {
      const due = await answered(this.redis.presenceDue(endsKey(this.prefix), this.now(), sweptAtOnce));
      await Promise.all(due.map((member) => this.change(personOf(member), 'sweep', '', '')));
      if (due.length < sweptAtOnce) return;
    }
  }

  /** After a break: what Redis may have lost, and what it could not be told. */
  private async restore(): Promise<void> {
    const devices = this.own.all();
    for (let from = 0; from < devices.length; from += sweptAtOnce) {
      await Promise.all(
        devices.slice(from, from + sweptAtOnce).map(async ({ person, device, idle, left }) => {
          // Someone who left is here once more before: only so do those who watch hear of the end.
          await this.change(person, 'idle', device, idle ? '1' : '0');
          if (!left) return;
          await this.change(person, 'leave', device, '0');
          this.own.forget(person, device);
        }),
      );
    }
  }

  private async noted(work: Promise<void>): Promise<void> {
    await work.catch((error: Error) => this.options.onError(error));
  }

  private now(): number {
    return this.options.clock?.() ?? 0;
  }
}

function stateOf(status: string, last_active_at: string | null): PresenceState {
  return {
    status: status as Status,
    last_active_at: last_active_at === null ? undefined : Number(last_active_at),
  };
}
