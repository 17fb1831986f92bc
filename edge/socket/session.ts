import { randomUUID } from 'node:crypto';
import { MillraceError } from '../../platform/errors/error.ts';
import { channelKey, personKey } from '../../platform/keys.ts';
import type { Head } from '../../platform/messages/port.ts';
import type { PersonEvent } from '../../schemas/generated/types.ts';
import type { Identity } from '../auth/claims.ts';
import type { CallContext } from '../calls/context.ts';
import { readState } from '../calls/unreads.ts';
import { limits } from '../limits.ts';
import type { Socket } from '../transport/port.ts';
import { resumeChannel } from './resume.ts';

/** Person events that wait until `hello` is out; past it the socket is closed and comes back. */
const waitingBound = 1000;

/**
 * One socket of a known person: the channels it hears, and what concerns its person. A socket's channels are the
 * projection of member.joined and member.left that the store keeps, never the directory's tables.
 */
export class Session {
  readonly connection_id = randomUUID();
  /** Channels whose events this socket hears. */
  private readonly channels = new Set<string>();
  private greeted = false;
  private waiting: PersonEvent[] = [];
  private closed = false;
  /** Person events are worked off one after another. */
  private working: Promise<void> = Promise.resolve();
  /** Numbers of this socket's own read requests, whose word its `ack` brings. */
  readonly ownReads = new Set<number>();

  constructor(
    readonly socket: Socket,
    public identity: Identity,
    private readonly context: CallContext,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Finds the person's channels, subscribes, and says hello. */
  async greet(): Promise<void> {
    const { gateway, store } = this.context;
    const { workspace_id, user_id } = this.identity;
    // The person's address first: whatever changes from here on is heard.
    await gateway.acquirePerson(this.identity);
    const joined = (await store.memberships(this.identity)).filter((membership) => membership.joined);
    const heads: { channel_id: string; head: Head }[] = [];
    const feeds = await Promise.all(
      joined.map(({ channel_id }) => gateway.acquireChannel({ workspace_id, channel_id })),
    );
    if (this.closed) {
      for (const { channel_id } of joined) gateway.release(channelKey(workspace_id, channel_id));
      gateway.release(personKey(workspace_id, user_id));
      return;
    }
    for (const [i, { channel_id }] of joined.entries()) {
      this.channels.add(channel_id);
      this.socket.subscribe(channelKey(workspace_id, channel_id));
      heads.push({ channel_id, head: feeds[i]!.current! });
    }
    this.send({
      type: 'hello',
      connection_id: this.connection_id,
      user_id,
      workspace_id,
      heartbeat_ms: limits.heartbeat_ms,
      channels: heads,
    });
    this.greeted = true;
    const waiting = this.waiting;
    this.waiting = [];
    for (const event of waiting) this.person(event);
  }

  hears(channelId: string): boolean {
    return this.channels.has(channelId);
  }

  send(frame: { type: string; [field: string]: unknown }): void {
    this.socket.send(JSON.stringify(frame));
  }

  person(event: PersonEvent): void {
    if (!this.greeted) {
      if (this.waiting.length >= waitingBound)
        return this.failed(new MillraceError('unavailable', 'too much changed before hello'));
      this.waiting.push(event);
      return;
    }
    this.working = this.working.then(() => this.work(event)).catch(this.failed);
  }

  /** Sends what a client missed of its channels, then where each stands. */
  async resume(id: string | undefined, wanted: { [channel: string]: number }): Promise<void> {
    const channels: { [channel: string]: { status: string; head?: Head } } = {};
    // One after another: a client with hundreds of channels must not fill the socket at once.
    for (const [channel_id, rev] of Object.entries(wanted)) {
      if (this.closed) return;
      channels[channel_id] = this.channels.has(channel_id)
        ? await resumeChannel(this.context, this.socket, { workspace_id: this.identity.workspace_id, channel_id }, rev)
        : { status: 'gone' };
    }
    this.send({ type: 'resumed', ...(id === undefined ? {} : { id }), channels });
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    const { workspace_id, user_id } = this.identity;
    for (const channel_id of this.channels) this.context.gateway.release(channelKey(workspace_id, channel_id));
    if (this.greeted) this.context.gateway.release(personKey(workspace_id, user_id));
    this.channels.clear();
  }

  private async work({ body }: PersonEvent): Promise<void> {
    if (this.closed) return;
    if ('MembershipChanged' in body) {
      const { channel_id, joined, rev, seq } = body.MembershipChanged;
      if (joined) await this.join(channel_id, { rev, seq });
      else this.leave(channel_id, { rev, seq });
    } else if ('ReadMoved' in body) {
      const { channel_id, reply_to } = body.ReadMoved;
      if (reply_to && this.ownReads.delete(reply_to.request)) return;
      this.send({ type: 'read', ...(await readState(this.context, this.identity, channel_id)) });
    } else {
      this.socket.end(4403, body.AccessEnded.reason.slice(0, 100));
    }
  }

  private async join(channel_id: string, { rev, seq }: Head): Promise<void> {
    if (this.channels.has(channel_id)) return;
    const { workspace_id } = this.identity;
    const feed = await this.context.gateway.acquireChannel({ workspace_id, channel_id });
    // Word of the membership may overtake the channel's own events, which one may not hear before it.
    await feed.reached(rev - 1);
    if (this.closed) return this.context.gateway.release(channelKey(workspace_id, channel_id));
    this.channels.add(channel_id);
    // The head just before one's own member.joined, which is the first event that follows.
    this.send({ type: 'channel.added', channel_id, head: { rev: rev - 1, seq } });
    this.socket.subscribe(channelKey(workspace_id, channel_id));
    await resumeChannel(this.context, this.socket, { workspace_id, channel_id }, rev - 1);
  }

  private leave(channel_id: string, head: Head): void {
    if (!this.channels.delete(channel_id)) return;
    const { workspace_id } = this.identity;
    this.socket.unsubscribe(channelKey(workspace_id, channel_id));
    const current = this.context.gateway.feed({ workspace_id, channel_id })?.current ?? head;
    this.context.gateway.release(channelKey(workspace_id, channel_id));
    this.send({ type: 'channel.removed', channel_id, head: head.rev === 0 ? current : head });
  }
}
