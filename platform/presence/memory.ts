import { LRUCache } from 'lru-cache';
import type { Person } from '../directory/person.ts';
import { personKey } from '../keys.ts';
import { foldStatus, lease_ms, type Presence, type PresenceState, type SetStatus, type Status } from './port.ts';

interface ByHand {
  status: SetStatus;
  until: number;
}

interface Known {
  person: Person;
  devices: Map<string, { idle: boolean; ends: number }>;
  byHand: ByHand | undefined;
  last_active_at: number;
  told: Status;
}

const sweepEvery_ms = 500;

/** Presence in this process. People without a device are remembered for what they set, up to a bound. */
export class MemoryPresence implements Presence {
  private readonly here = new Map<string, Known>();
  private readonly gone = new LRUCache<string, Pick<Known, 'byHand' | 'last_active_at'>>({ max: 100_000 });
  private listener: (person: Person, state: PresenceState) => void = () => undefined;
  private readonly sweeping: NodeJS.Timeout;

  constructor(private readonly clock: () => number = Date.now) {
    this.sweeping = setInterval(() => this.sweep(), sweepEvery_ms);
    this.sweeping.unref();
  }

  async touch(person: Person, device: string): Promise<void> {
    const known = this.known(person);
    const idle = known.devices.get(device)?.idle ?? false;
    known.devices.set(device, { idle, ends: this.clock() + lease_ms });
    known.last_active_at = this.clock();
    this.tell(known);
  }

  async setIdle(person: Person, device: string, idle: boolean): Promise<void> {
    const known = this.known(person);
    known.devices.set(device, { idle, ends: this.clock() + lease_ms });
    this.tell(known);
  }

  async setStatus(person: Person, status: SetStatus, until = Number.POSITIVE_INFINITY): Promise<void> {
    const known = this.known(person);
    known.byHand = status === 'online' ? undefined : { status, until };
    this.tell(known);
  }

  async leave(person: Person, device: string, in_ms: number): Promise<void> {
    const known = this.here.get(keyOf(person));
    const lease = known?.devices.get(device);
    if (!known || !lease) return;
    lease.ends = Math.min(lease.ends, this.clock() + in_ms);
    if (in_ms === 0) this.expire(known);
  }

  async statuses(people: Person[]): Promise<PresenceState[]> {
    return people.map((person) => {
      const known = this.here.get(keyOf(person));
      if (known) return this.stateOf(known);
      return { status: 'offline', last_active_at: this.gone.get(keyOf(person))?.last_active_at, until: undefined };
    });
  }

  onChange(listener: (person: Person, state: PresenceState) => void): void {
    this.listener = listener;
  }

  async close(): Promise<void> {
    clearInterval(this.sweeping);
  }

  private known(person: Person): Known {
    const key = keyOf(person);
    let known = this.here.get(key);
    if (!known) {
      const before = this.gone.get(key);
      const { workspace_id, user_id } = person;
      known = {
        person: { workspace_id, user_id },
        devices: new Map(),
        byHand: before?.byHand,
        last_active_at: before?.last_active_at ?? this.clock(),
        told: 'offline',
      };
      this.here.set(key, known);
    }
    return known;
  }

  private sweep(): void {
    for (const known of this.here.values()) this.expire(known);
  }

  private expire(known: Known): void {
    const now = this.clock();
    for (const [device, { ends }] of known.devices) if (ends <= now) known.devices.delete(device);
    this.tell(known);
    if (known.devices.size > 0) return;
    const key = keyOf(known.person);
    this.here.delete(key);
    this.gone.set(key, { byHand: known.byHand, last_active_at: known.last_active_at });
  }

  private tell(known: Known): void {
    const state = this.stateOf(known);
    if (state.status === known.told) return;
    known.told = state.status;
    this.listener(known.person, state);
  }

  private stateOf({ devices, byHand, last_active_at }: Known): PresenceState {
    const set = byHand && byHand.until > this.clock() ? byHand : undefined;
    const status = foldStatus(devices.values(), set?.status);
    const ends = set && status !== 'offline' && Number.isFinite(set.until);
    return { status, last_active_at, until: ends ? set.until : undefined };
  }
}

function keyOf({ workspace_id, user_id }: Person): string {
  return personKey(workspace_id, user_id);
}
