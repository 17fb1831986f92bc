import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Person } from '../platform/directory/person.ts';
import type { Directory } from '../platform/directory/port.ts';
import type { Device } from '../platform/directory/push-port.ts';
import { MillraceError } from '../platform/errors/error.ts';
import type { Log } from '../platform/log/port.ts';
import type { MessageStore } from '../platform/messages/port.ts';
import type { Presence } from '../platform/presence/port.ts';
import type { Push, PushResult, PushSender } from '../platform/push/port.ts';
import type { PushDue } from '../schemas/generated/types.ts';
import { Badge } from './badge.ts';
import { isOvertaken } from './late.ts';
import { type Answered, outcomeOf } from './outcome.ts';
import { quietUntil } from './quiet.ts';
import { shownPeople, withheld, worded } from './wording.ts';

export interface PhonePorts {
  directory: Directory;
  store: MessageStore;
  presence: Presence;
  sender: PushSender;
  log: Log;
  now(): number;
}

/** What became of what was due, and of each push; labels of a metric. */
export const outcomes = [
  'sent',
  'gone',
  'refused',
  'active',
  'quiet',
  'overtaken',
  'read',
  'deleted',
  'not_a_member',
  'no_device',
] as const;
export type Outcome = (typeof outcomes)[number];

const perCall = 100;
/** For so long a push waits for candidates that are late. */
const again_ms = 5_000;
/** What a provider does not take by then is tried anew by the sink’s policy; below the watchdog’s 30 s, which sees tries only. */
const patience_ms = 15_000;

/** Pushes what is due to phones, if it still matters. */
export class Phones {
  /** A unit that is tried anew sends nothing twice; after a crash the providers tell by the push's id, where they can. */
  private readonly sent = new LRUCache<string, true>({ max: 100_000 });
  private readonly badge: Badge;

  constructor(
    private readonly ports: PhonePorts,
    private readonly count: (outcome: Outcome) => void,
    private readonly refused: (platform: string, reason: string) => void,
  ) {
    this.badge = new Badge(ports);
  }

  /**
   * Resolves with what a provider refused for good, for each of the dues. Error: `unavailable` where a part or a provider
   * does not answer; what was sent by then is not sent again.
   */
  async tell(dues: PushDue[]): Promise<(MillraceError | undefined)[]> {
    const all: Answered[] = [];
    for (const due of dues) all.push({ due, refused: [], again_at: 0, ...(await this.pushesOf(due)) });
    const fresh = all.flatMap((answered) =>
      answered.pushes.filter(({ push_id }) => !this.sent.has(push_id)).map((push) => ({ push, answered })),
    );
    for (let at = 0; at < fresh.length; at += perCall) await this.send(fresh.slice(at, at + perCall));
    const shown = all.filter(({ due }) => due.kind === 'show');
    if (shown.length > 0)
      await this.ports.log.append(shown.map((answered) => outcomeOf(answered, (id) => this.sent.has(id))));
    return all.map(({ refused }) =>
      refused.length === 0 ? undefined : new MillraceError('invalid_request', `refused: ${refused.join('; ')}`),
    );
  }

  private async pushesOf(due: PushDue): Promise<Pick<Answered, 'pushes'> & { again_at?: number }> {
    const { workspace_id, user_id, channel_id, message_id, thread_id } = due;
    const devices = await this.ports.directory.devices(due);
    if (devices.length === 0) return this.none('no_device');
    let shown: Push['shown'] = null;
    if (due.kind === 'show') {
      const text = await this.textOf(due);
      if (typeof text === 'number') return { ...this.none('quiet'), again_at: text };
      if (text === 'overtaken') return { ...this.none(text), again_at: this.ports.now() + again_ms };
      if (typeof text === 'string') return this.none(text);
      shown = { ...text, message_id, thread_id };
    }
    const badge = await this.badge.of({ workspace_id, user_id });
    const pushes = devices.map((device) => ({
      push_id: pushId(due, device),
      target: device,
      channel_id,
      shown,
      badge,
    }));
    return { pushes };
  }

  private none(outcome: Outcome): { pushes: Push[] } {
    this.count(outcome);
    return { pushes: [] };
  }

  /** What to show, or why nothing is (whoever may not know of it, has read it or is here needs no push; what comes too early waits), or when quiet hours end. */
  private async textOf(due: PushDue): Promise<{ title: string; body: string } | Outcome | number> {
    const { directory, store, now } = this.ports;
    const { workspace_id, channel_id, message_id, thread_id, rev, count } = due;
    const person = { workspace_id, user_id: due.user_id };
    const [user, access] = await Promise.all([directory.user(person), directory.access(person, channel_id)]);
    if (!user || user.deactivated || !access?.member) return 'not_a_member';
    if (await this.isActive(person)) return 'active';
    const message = await store.message({ workspace_id, channel_id }, message_id);
    if (!message || message.deleted) return 'deleted';
    if (rev <= (await store.marker(person, channel_id)).last_read_rev) return 'read';
    if (thread_id !== null) {
      const { last_read_id } = await store.threadState(person, channel_id, thread_id);
      if (last_read_id !== null && BigInt(message_id) <= BigInt(last_read_id)) return 'read';
    }
    const hours = await directory.quietHours(person);
    const quiet = hours && quietUntil(hours, now());
    if (quiet !== undefined) return quiet;
    const { type, name } = access.channel;
    if (await isOvertaken(store, due, type === 'dm' || type === 'group', now())) return 'overtaken';
    if ((await directory.pushBodies(workspace_id)) === 'withheld') return withheld(count);
    const people = shownPeople(message);
    const names = new Map(
      (await directory.usersById(workspace_id, people)).map(({ user_id, name }) => [user_id, name]),
    );
    const author = names.get(message.user_id) ?? message.user_id;
    return worded({ message, author, channel: type === 'dm' ? null : name, count, names });
  }

  /** Where presence does not answer, a push too many is better than none. */
  private async isActive(person: Person): Promise<boolean> {
    try {
      const [state] = await this.ports.presence.statuses([person]);
      return state?.status === 'online' || state?.status === 'busy';
    } catch (error) {
      if (error instanceof MillraceError && error.code === 'unavailable') return false;
      throw error;
    }
  }

  private async send(pushes: { push: Push; answered: Answered }[]): Promise<void> {
    const { sender, directory, now } = this.ports;
    const until = now() + patience_ms;
    for (let rest = pushes; rest.length > 0; ) {
      const results: PushResult[] = await sender.send(rest.map(({ push }) => push));
      const later: typeof rest = [];
      let wait_s = 0;
      for (const [i, { push, answered }] of rest.entries()) {
        const result = results[i]!;
        if (result.status === 'later') {
          later.push(rest[i]!);
          wait_s = Math.max(wait_s, result.retry_after);
          continue;
        }
        this.count(result.status);
        if (result.status === 'sent') this.sent.set(push.push_id, true);
        if (result.status === 'gone') await directory.removeDevice(push.target, push.target.token);
        if (result.status === 'refused') {
          const { platform } = push.target;
          this.refused(platform, result.reason);
          answered.refused.push(`${platform} says ${result.reason}`);
        }
      }
      rest = later;
      if (rest.length === 0) return;
      const wait_ms = wait_s * 1000 * (1 + Math.random() / 2);
      if (now() + wait_ms > until)
        throw new MillraceError('unavailable', `a push provider takes nothing: ${rest.length} pushes wait`);
      await sleep(wait_ms);
    }
  }
}

/** The same for each try, different for each device. */
function pushId({ workspace_id, user_id, channel_id, rev, kind }: PushDue, { token }: Device): string {
  const parts = [workspace_id, user_id, channel_id, String(rev), kind, token];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 32);
}
