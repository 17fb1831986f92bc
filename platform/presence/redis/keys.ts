import type { Person } from '../../directory/person.ts';

export interface Keys {
  /** Hash with the status and each device's lease, for as long as a device is here. */
  presence: string;
  /** Hash of device → gateway, for operators. */
  connections: string;
  /** Hash of what outlives devices: what was set by hand and until when, last activity, the status told last. */
  kept: string;
}

/** The parts are escaped, so that an id with a colon can't look like another workspace's. */
export function keysOf(prefix: string, person: Person): Keys {
  const member = memberOf(person);
  return {
    presence: `${prefix}presence:${member}`,
    connections: `${prefix}user_conn:${member}`,
    kept: `${prefix}presence_kept:${member}`,
  };
}

/** Sorted set of the people who are here, by when their first lease ends. */
export function endsKey(prefix: string): string {
  return `${prefix}presence_ends`;
}

/** Sorted set of the gateways' leases, by when they end. */
export function gatewaysKey(prefix: string): string {
  return `${prefix}presence_gateways`;
}

/** Before a lease's name: the set of the people with a device at that gateway. */
export function peopleKey(prefix: string): string {
  return `${prefix}presence_people:`;
}

export function memberOf({ workspace_id, user_id }: Person): string {
  return `${encodeURIComponent(workspace_id)}:${encodeURIComponent(user_id)}`;
}

export function personOf(member: string): Person {
  const [workspace = '', user = ''] = member.split(':');
  return { workspace_id: decodeURIComponent(workspace), user_id: decodeURIComponent(user) };
}
