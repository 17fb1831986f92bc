import type { Erasure, LegalHold, NotificationLevel, QuietHours, WorkspaceSettings } from '../client/index.ts';
import type { FakeCall } from './fake-call.ts';
import type { Room } from './fake-room.ts';

/** What people, admins and owners of a fake workspace set. Checks no rights. */
export class FakeSettings {
  /** By person and channel. */
  readonly levels = new Map<string, NotificationLevel>();
  readonly quiet = new Map<string, QuietHours>();
  readonly holds = new Map<string, LegalHold>();
  readonly erasures: Erasure[] = [];
  /** Of the workspace under '', of channels under their ids. */
  readonly days = new Map<string, number | null>();
  readonly deactivated = new Set<string>();
  pushBodies: WorkspaceSettings['push_bodies'] = 'shown';

  /** Answers a call that is about the person or the workspace; undefined is 204, null: it is another call. */
  answer({ method, user, body }: FakeCall, what: string, id: string): object | undefined | null {
    switch (what) {
      case 'notifications': {
        const mine = [...this.levels].map(([key, level]) => [key.split(' '), level] as const);
        return {
          levels: mine.filter(([[who]]) => who === user).map(([[, channel_id], level]) => ({ channel_id, level })),
        };
      }
      case 'quiet_hours':
        if (method === 'PUT') this.quiet.set(user, body as unknown as QuietHours);
        if (method === 'DELETE') this.quiet.delete(user);
        return { quiet_hours: this.quiet.get(user) ?? null };
      case 'workspace':
        if (method === 'PATCH') this.pushBodies = body['push_bodies'] as WorkspaceSettings['push_bodies'];
        return { workspace: { workspace_id: 'demo', push_bodies: this.pushBodies } };
      case 'retention':
        if (method === 'PUT') this.days.set('', body['days'] as number | null);
        return { retention: { days: this.days.get('') ?? null } };
      case 'holds':
        return this.#hold(method, user, id, body);
      case 'erasures':
        return { erasures: this.erasures };
      case 'users':
        return this.#person(method, id, body);
      default:
        return null;
    }
  }

  /** The same for a call about a channel. */
  ofChannel(room: Room, { method, user, body }: FakeCall, part: string): object | null {
    const { channel_id, history_from = null } = room.channel;
    if (part === 'notifications') {
      this.levels.set(`${user} ${channel_id}`, body['level'] as NotificationLevel);
      return { channel_id, level: body['level'] };
    }
    if (part !== 'retention') return null;
    if (method === 'PUT') this.days.set(channel_id, body['days'] as number | null);
    const days = this.days.get(channel_id) ?? null;
    const kept = days ?? this.days.get('') ?? null;
    return { retention: { days, kept_days: kept === 0 ? null : kept, history_from } };
  }

  #hold(method: string, user: string, id: string, body: FakeCall['body']): object | undefined {
    if (method === 'DELETE') {
      this.holds.delete(id);
      return undefined;
    }
    if (method === 'GET') return { holds: [...this.holds.values()] };
    const { channel_id = null, user_id = null, reason } = body as Partial<LegalHold>;
    const created_at = new Date().toISOString();
    const hold = { hold_id: id, channel_id, user_id, reason: reason ?? '', created_by: user, created_at };
    this.holds.set(id, hold);
    return { hold };
  }

  /** What is changed of a person is then read as ever. */
  #person(method: string, id: string, body: FakeCall['body']): object | null {
    if (method === 'PATCH' && body['deactivated']) this.deactivated.add(id);
    else if (method === 'PATCH') this.deactivated.delete(id);
    if (method !== 'DELETE') return null;
    const erasure = { user_id: id, requested_at: new Date().toISOString(), done_at: null };
    this.erasures.push(erasure);
    return { erasure };
  }
}
