import { type Device, devicesKept, type PushBodies, type PushLevel } from '../../platform/directory/push-port.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import { allow, allowInWorkspace } from '../policy.ts';
import type { CallContext, Caller } from './context.ts';

/** Adds a phone, or takes it over from whoever had it; at the bound the one added first goes. */
export async function addDevice(
  { directory }: CallContext,
  { workspace_id, user_id }: Caller,
  { platform, token }: Pick<Device, 'platform' | 'token'>,
) {
  await directory.addDevice({ workspace_id, user_id, platform, token });
  return { device: { platform, token }, most: devicesKept };
}

/** One that is not there is no error: it gets no push. */
export async function removeDevice({ directory }: CallContext, caller: Caller, token: string): Promise<void> {
  await directory.removeDevice(caller, token);
}

export async function devices({ directory }: CallContext, caller: Caller) {
  return { devices: (await directory.devices(caller)).map(({ platform, token }) => ({ platform, token })) };
}

/** `level` null: none was set. */
export async function pushLevel(context: CallContext, caller: Caller, channel_id: string) {
  allow('set_push_level', await context.access.of(caller, channel_id), caller);
  return { channel_id, level: (await context.directory.pushLevel(caller, channel_id)) ?? null };
}

/** What one set, of the channels that one is in; those without a level are left out. */
export async function pushLevels({ directory }: CallContext, caller: Caller) {
  return { levels: await directory.pushLevels(caller) };
}

export async function setPushLevel(context: CallContext, caller: Caller, channel_id: string, level: PushLevel) {
  allow('set_push_level', await context.access.of(caller, channel_id), caller);
  await context.directory.setPushLevel(caller, channel_id, level);
  return { channel_id, level };
}

export interface WireQuietHours {
  zone: string;
  /** HH:MM */
  from: string;
  to: string;
}

export async function quietHours({ directory }: CallContext, caller: Caller) {
  const hours = await directory.quietHours(caller);
  return { quiet_hours: hours ? { zone: hours.zone, from: clockText(hours.from), to: clockText(hours.to) } : null };
}

export async function setQuietHours(context: CallContext, caller: Caller, hours: WireQuietHours | null) {
  if (hours === null) {
    await context.directory.setQuietHours(caller, null);
    return { quiet_hours: null };
  }
  const { zone, from, to } = hours;
  checkZone(zone);
  if (from === to) throw new MillraceError('invalid_request', 'to: equals from, which would be no time or all day');
  await context.directory.setQuietHours(caller, { zone, from: minutesOf(from), to: minutesOf(to) });
  return { quiet_hours: hours };
}

export async function workspacePolicy({ directory }: CallContext, { workspace_id }: Caller) {
  return { workspace: { workspace_id, push_bodies: await directory.pushBodies(workspace_id) } };
}

export async function setWorkspacePolicy(context: CallContext, caller: Caller, push_bodies: PushBodies) {
  allowInWorkspace('change_workspace', caller);
  const { workspace_id, user_id, trace_id } = caller;
  await context.directory.setPushBodies(workspace_id, push_bodies, { actor_id: user_id, reply_to: null, trace_id });
  context.relay();
  return { workspace: { workspace_id, push_bodies } };
}

function checkZone(zone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    // It says no more than that.
    throw new MillraceError('invalid_request', 'zone: is no time zone; give an IANA name such as Europe/Vienna');
  }
}

function minutesOf(clock: string): number {
  const [hours, minutes] = clock.split(':').map(Number);
  return hours! * 60 + minutes!;
}

function clockText(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
}
