import { randomUUID } from 'node:crypto';
import type { Person } from '../directory/person.ts';
import type { Presence, PresenceState, SetStatus, Status } from './port.ts';
import type { RedisPresenceOptions } from './redis/connection.ts';
import { answered, connect, deadline_ms, type PresenceRedis } from './redis/connection.ts';
import { endsKey, gatewaysKey, keysOf, memberOf, peopleKey, personOf } from './redis/keys.ts';
import { OwnDevices } from './redis/own-devices.ts';

const sweepEvery_ms = 500;
const renewEvery_ms = 3_000;
/** People whose leases are ended in one go. */
const sweptAtOnce = 200;

/**
 * Presence in Redis, for any number of processes. A lease that nobody renews is ended by whichever process looks first. A
 * gateway has a lease of its own, of ten seconds, under which its devices stand: one that dies takes them along. A change is told in one of the processes, the one whose call
 * made it: from there the log carries it to all who watch. Resolves also while Redis is away; calls are `unavailable` then.
 */
export async function openRedisPresence(options: RedisPresenceOptions): Promise<Presence> {
  const redis = connect(options);
  await new Promise<void>((resolve) => {
    const waited = setTimeout(resolve, deadline_ms);
    redis.once('ready', () => {
      clearTimeout(waited);
      resolve();
    });
  });
  const presence = new RedisPresence(redis, options);
  await presence.begin();
  return presence;
}

type What = 'touch' | 'idle' | 'set' | 'leave' | 'sweep';

class RedisPresence implements Presence {
  private listener: (person: Person, state: PresenceState) => void = () => undefined;
  private readonly own = new OwnDevices();
  private readonly sweeping: NodeJS.Timeout;
  private readonly renewing: NodeJS.Timeout;
  private swept: Promise<void> | undefined;
  private staying: Promise<void> | undefined;
  private toRestore = true;
  private readonly prefix: string;
  /** Another one after each start, so that a gateway that comes back does not keep what it held before. */
  private readonly lease: string;

  constructor(
    private readonly redis: PresenceRedis,
    private readonly options: RedisPresenceOptions,
  ) {
    this.prefix = options.prefix ?? '';
    this.lease = `${options.gateway}/${randomUUID()}`;
    redis.on('ready', () => {
      this.toRestore = true;
      return this.begin();
    });
    this.renewing = setInterval(() => void this.begin(), renewEvery_ms);
    this.renewing.unref();
    this.sweeping = setInterval(() => {
      // One look at a time: a slow Redis gathers none.
      this.swept ??= this.noted(this.sweep()).finally(() => {
        this.swept = undefined;
      });
    }, sweepEvery_ms);
    this.sweeping.unref();
  }

  /**
   * Redis hears of this gateway, and where it may have lost them (at the start, after a break, after a pause in which this gateway
   * was taken for gone) of its people: tried again with each renewal until that is done. One at a time.
   */
  begin(): Promise<void> {
    this.staying ??= this.noted(this.stay()).finally(() => {
      this.staying = undefined;
    });
    return this.staying;
  }

  async touch(person: Person, device: string): Promise<void> {
    this.own.here(person, device);
    await this.change(person, 'touch', device, '0');
  }

  async setIdle(person: Person, device: string, idle: boolean): Promise<void> {
    this.own.here(person, device, idle);
    await this.change(person, 'idle', device, idle ? '1' : '0');
  }

  async setStatus(person: Person, status: SetStatus, until?: number): Promise<void> {
    await this.change(person, 'set', '', until === undefined ? status : `${status} ${Math.floor(until)}`);
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
      pipeline.hget(keys.presence, 'status').hmget(keys.kept, 'last_active_at', 'set_until');
    }
    const answers = (await answered(pipeline.exec())) ?? [];
    const values = await answered(
      Promise.all(
        answers.map(async ([error, value]) => {
          if (error) throw error;
          return value;
        }),
      ),
    );
    return people.map((_, i) => {
      const [lastActive, until] = values[2 * i + 1] as [string | null, string | null];
      return stateOf((values[2 * i] as string | null) ?? 'offline', lastActive, until);
    });
  }

  onChange(listener: (person: Person, state: PresenceState) => void): void {
    this.listener = listener;
  }

  async close(): Promise<void> {
    clearInterval(this.sweeping);
    clearInterval(this.renewing);
    await this.swept;
    // Who has not left by now is gone with this gateway: the next to look ends them, and waits for no lease. Where Redis
    // is away, the lease ends by itself.
    const ended = this.redis.zadd(gatewaysKey(this.prefix), 'XX', '1', this.lease);
    await ended.catch((error: Error) => this.options.onError(error));
    this.redis.disconnect();
  }

  private async change(person: Person, what: What, device: string, value: string): Promise<void> {
    const { presence, connections, kept } = keysOf(this.prefix, person);
    const keys = [presence, connections, kept, endsKey(this.prefix), gatewaysKey(this.prefix)];
    const own = [this.options.gateway, this.lease, peopleKey(this.prefix)];
    const args = [this.now(), what, memberOf(person), device, value, ...own];
    const [status, last_active_at, changed] = await answered(this.redis.presenceChange(...keys, ...args));
    if (changed === 1) this.listener(person, stateOf(status, last_active_at));
  }

  private async stay(): Promise<void> {
    if (this.redis.status !== 'ready') return;
    if ((await this.renew()) === 1) this.toRestore = true;
    if (!this.toRestore) return;
    // A break meanwhile wants it once more.
    this.toRestore = false;
    try {
      await this.restore();
    } catch (error) {
      this.toRestore = true;
      throw error;
    }
  }

  /** This gateway lives. 1: its lease had ended. */
  private async renew(): Promise<0 | 1> {
    const keys = [gatewaysKey(this.prefix), peopleKey(this.prefix) + this.lease];
    return answered(this.redis.presenceRenew(...keys, 0, this.lease));
  }

  private async sweep(): Promise<void> {
    if (this.redis.status !== 'ready') return;
    for (;;) {
      const gone = await answered(
        this.redis.presenceGone(gatewaysKey(this.prefix), 0, sweptAtOnce, peopleKey(this.prefix)),
      );
      const [lease, ...members] = gone;
      if (lease === undefined) break;
      await Promise.all(members.map((member) => this.change(personOf(member), 'sweep', '', lease)));
    }
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

function stateOf(status: string, last_active_at: string | null, until: string | null = null): PresenceState {
  return {
    status: status as Status,
    last_active_at: last_active_at === null ? undefined : Number(last_active_at),
    until: until === null || status === 'offline' ? undefined : Number(until),
  };
}
