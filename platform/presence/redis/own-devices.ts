import { LRUCache } from 'lru-cache';
import type { Person } from '../../directory/person.ts';
import { lease_ms } from '../port.ts';
import { memberOf } from './keys.ts';

export interface OwnDevice {
  person: Person;
  device: string;
  idle: boolean;
  /** It left while Redis could not be told. */
  left: boolean;
}

/** More sockets than one process holds; beyond it the devices that were quiet longest wait for their next sign of life. */
const most = 200_000;

/**
 * The devices that this process holds, each for as long as its lease. Redis may come back empty: then it is told of them
 * at once, and of those that left meanwhile, whom others still take for being here.
 */
export class OwnDevices {
  private readonly devices = new LRUCache<string, OwnDevice>({ max: most, ttl: lease_ms });

  here(person: Person, device: string, idle?: boolean): void {
    const key = keyOf(person, device);
    this.devices.set(key, { person, device, idle: idle ?? this.devices.get(key)?.idle ?? false, left: false });
  }

  left(person: Person, device: string): void {
    const known = this.devices.get(keyOf(person, device));
    if (known) known.left = true;
  }

  /** Redis knows that it left. */
  forget(person: Person, device: string): void {
    this.devices.delete(keyOf(person, device));
  }

  all(): OwnDevice[] {
    return [...this.devices.values()];
  }
}

function keyOf(person: Person, device: string): string {
  return `${memberOf(person)}:${device}`;
}
