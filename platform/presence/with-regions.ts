import { LRUCache } from 'lru-cache';
import type { Person } from '../directory/person.ts';
import type { Presence, PresenceState, SetStatus, Status } from './port.ts';

/** People of other regions who are remembered; at the bound the one heard of longest ago goes. */
const bound = 100_000;

/** Which of two regions' statuses counts: the same in both. */
const rank: { [status in Status]: number } = { offline: 0, away: 1, online: 2, busy: 3 };

/**
 * Presence of this region with what other regions told: of a person who is in several the one that says most counts. What a
 * region told counts while it `answers`; without it its people are unknown, which is `offline`.
 */
export class RegionsPresence implements Presence {
  private readonly told = new LRUCache<string, { region: number; status: Status }>({ max: bound });

  constructor(
    private readonly own: Presence,
    /** Those that may tell anything. */
    private readonly regions: readonly number[],
    private readonly answers: (region: number) => boolean,
  ) {}

  /** Another region says that a person's status is this one there. */
  tell(region: number, person: Person, status: Status): void {
    this.told.set(`${person.workspace_id}\0${person.user_id}\0${region}`, { region, status });
  }

  async statuses(people: Person[]): Promise<PresenceState[]> {
    const here = await this.own.statuses(people);
    return here.map((state, i) => {
      const there = this.regions.map((region) => this.statusThere(people[i]!, region));
      const most = there.reduce((best, status) => (rank[status] > rank[best] ? status : best), state.status);
      return most === state.status ? state : { ...state, status: most, until: undefined };
    });
  }

  touch(person: Person, device: string): Promise<void> {
    return this.own.touch(person, device);
  }

  setIdle(person: Person, device: string, idle: boolean): Promise<void> {
    return this.own.setIdle(person, device, idle);
  }

  setStatus(person: Person, status: SetStatus, until?: number): Promise<void> {
    return this.own.setStatus(person, status, until);
  }

  leave(person: Person, device: string, in_ms: number): Promise<void> {
    return this.own.leave(person, device, in_ms);
  }

  onChange(listener: (person: Person, state: PresenceState) => void): void {
    this.own.onChange(listener);
  }

  close(): Promise<void> {
    return this.own.close();
  }

  private statusThere({ workspace_id, user_id }: Person, region: number): Status {
    const told = this.told.get(`${workspace_id}\0${user_id}\0${region}`);
    return told && this.answers(region) ? told.status : 'offline';
  }
}
