import type { PushPlatform } from '../push/port.ts';
import type { ChangeRequest } from './change-request.ts';
import type { Page, PageRequest } from './page.ts';
import type { Person } from './person.ts';

/** A phone that gets a person's pushes. */
export interface Device extends Person {
  platform: PushPlatform;
  /** As the provider gave it to the app; belongs to one person of a workspace at a time. */
  token: string;
}

/** What may push to someone in a channel. Unset, `all` where the channel is a dm or group, else `mentions`. */
export type PushLevel = 'all' | 'mentions' | 'none';

export interface ChannelLevel {
  channel_id: string;
  level: PushLevel;
}

/** Hours of each day, in a time zone (IANA), in which nothing pushes: minutes after midnight, `from` may be later than `to`. */
export interface QuietHours {
  zone: string;
  from: number;
  to: number;
}

/** Whether pushes say what was written, or only that something was. */
export type PushBodies = 'shown' | 'withheld';

/** A person of a push's audience. */
export interface Reached {
  user_id: string;
  /** Null where they set none. */
  level: PushLevel | null;
}

/** Most devices of one person; at the bound the one added first goes. */
export const devicesKept = 20;

/** The part of the directory that says where, when and what may push. Keyed by workspace, as all of it. */
export interface PushDirectory {
  /** One that is known already is this person's from now on. */
  addDevice(device: Device): Promise<void>;
  /** False where this person has no such device. */
  removeDevice(person: Person, token: string): Promise<boolean>;
  devices(person: Person): Promise<Device[]>;
  setPushLevel(person: Person, channelId: string, level: PushLevel): Promise<void>;
  pushLevel(person: Person, channelId: string): Promise<PushLevel | undefined>;
  /** Those that the person set, of the channels that they are in, by channel id; the first 5,000. */
  pushLevels(person: Person): Promise<ChannelLevel[]>;
  /** Null: none. */
  setQuietHours(person: Person, hours: QuietHours | null): Promise<void>;
  quietHours(person: Person): Promise<QuietHours | undefined>;
  setPushBodies(workspaceId: string, bodies: PushBodies, request: ChangeRequest): Promise<void>;
  pushBodies(workspaceId: string): Promise<PushBodies>;
  /**
   * The channel's members with a device, by user id: all of them, or (`everyone` false) those of `named` and those whose
   * level is `all`. At most 1,000 named.
   */
  audience(
    workspaceId: string,
    channelId: string,
    whom: { everyone: boolean; named: string[] },
    page: PageRequest,
  ): Promise<Page<Reached>>;
}
