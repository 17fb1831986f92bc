import { randomUUID } from 'node:crypto';
import { MillraceError } from '../../platform/errors/error.ts';
import { channelKey, personKey } from '../../platform/keys.ts';
import type { Head } from '../../platform/messages/port.ts';
import type { PersonEvent } from '../../schemas/generated/types.ts';
import type { Identity } from '../auth/claims.ts';
import type { CallContext } from '../calls/context.ts';
import { readState } from '../calls/unreads.ts';
import type { ChannelFeed } from '../gateway/channel-feed.ts';
import { limits } from '../limits.ts';
import type { Socket } from '../transport/port.ts';
import { goneText } from '../wire/head-texts.ts';
import { helloFrame, resumedFrame } from './channel-frames.ts';
import { JoinedChannels } from './joined-channels.ts';
import { resumeAtOnce, resumeChannel } from './resume.ts';

/** Person events that wait until `hello` is out; past it the socket is closed and comes back. */
const waitingBound = 1000;

interface Joining {
  rev: number;
  /** The directory's number of it. */
  change_id: number;
}

/** What a socket knows of its channels' changes since hello. */
interface Changes {
  /** Channels on their way into the socket's. */
  joining: Map<string, Joining>;
  /** The numbers of those that came in so; those that hello brought have none. */
  numbers: Map<string, number>;
  /** Channels that were left lately, and up to which rev: as many as one person may have. */
  left: Map<string, number>;
}

/**
 * One socket of a known person: the channels it hears, and what concerns its person. A socket's channels are the
 * projection of member.joined and member.left that the store keeps, never the directory's tables.
 */
export class Session {
  readonly connection_id = randomUUID();
  /**
   * Channels whose events this socket hears, with the rev at which its person joined. Each joining has a rev of its own,
   * so what waited through a leave and a return knows that it is outdated.
   */
  private readonly channels = new JoinedChannels();
  /** Undefined until one changes: most sockets never need it. */
  private changes: Changes | undefined;
  /** Undefined once hello is out. */
  private waiting: PersonEvent[] | undefined = [];
  private closed = false;
  /** The gateway's, in which all that this socket holds was acquired. */
  private life = 0;
  /** Person events are worked off one after another. */
  private working: Promise<void> = Promise.resolve();
  /** So are resumes: two of a channel at once would mix its order. */
  private resuming: Promise<unknown> = Promise.resolve();
  /** Numbers of this socket's own read requests, whose word its `ack` brings. */
  private ownReads: Set<number> | undefined;

  constructor(
    readonly socket: Socket,
    public identity: Identity,
    private readonly context: CallContext,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Finds the person's channels, subscribes, and says hello. */
  async greet(): Promise<void> {
    const { gateway } = this.context;
    const { workspace_id, user_id } = this.identity;
    this.life = gateway.lives;
    // The person's address first: whatever changes from here on is heard.
    await gateway.acquirePerson(this.identity);
    const joined = await this.acquired();
    if (!joined) return;
    // By the feed's own text of the id, which all sessions share.
    this.channels.fill(joined.map(({ rev, feed }) => ({ channel_id: feed.channel.channel_id, rev })));
    for (const { feed } of joined) this.socket.subscribe(feed.address);
    const { connection_id } = this;
    const fields = { connection_id, user_id, workspace_id, heartbeat_ms: limits.heartbeat_ms };
    this.socket.send(
      helloFrame(
        fields,
        joined.map(({ feed }) => feed.texts.listed),
      ),
    );
    const { waiting } = this;
    this.waiting = undefined;
    for (const event of waiting ?? []) this.person(event);
  }

  /** The feeds of all joined channels; given back, with the person's address, where one fails or the socket is closed. */
  private async acquired() {
    const { gateway, store } = this.context;
    const { workspace_id, user_id } = this.identity;
    const held: { rev: number; feed: ChannelFeed }[] = [];
    const giveBack = (): void => {
      this.release(personKey(workspace_id, user_id));
      for (const { feed } of held) this.release(feed.address);
    };
    try {
      const coming: Promise<void>[] = [];
      for (const { channel_id, rev, joined } of await store.memberships(this.identity)) {
        if (!joined || this.closed) continue;
        const feed = gateway.acquireChannel({ workspace_id, channel_id });
        if (feed instanceof Promise) coming.push(feed.then((own) => void held.push({ rev, feed: own })));
        else held.push({ rev, feed });
      }
      // All of them, for what comes after one that failed is to be given back, too.
      for (const result of await Promise.allSettled(coming)) if (result.status === 'rejected') throw result.reason;
    } catch (error) {
      giveBack();
      throw error;
    }
    if (!this.closed) return held;
    giveBack();
    return undefined;
  }

  /** A read request of this socket's own: its `ack` brings its word. */
  readBySelf(request: number): void {
    this.ownReads ??= new Set();
    this.ownReads.add(request);
  }

  hears(channelId: string): boolean {
    return this.channels.rev(channelId) !== undefined;
  }

  send(frame: { type: string; [field: string]: unknown }): void {
    this.socket.send(JSON.stringify(frame));
  }

  person(event: PersonEvent): void {
    // What ends all waits behind nothing: neither hello nor what a slow reader has yet to take.
    if ('AccessEnded' in event.body) return this.failed(new MillraceError('forbidden', event.body.AccessEnded.reason));
    if (this.waiting) {
      if (this.waiting.length >= waitingBound)
        return this.failed(new MillraceError('unavailable', 'too much changed before hello'));
      this.waiting.push(event);
      return;
    }
    const { body } = event;
    if (!('MembershipChanged' in body)) return this.afterOthers(() => this.work(event));
    const { channel_id, joined, rev, seq, change_id } = body.MembershipChanged;
    // A leave waits for nothing, for it must be in force at once; a joining on its way ends with it.
    if (!joined) return this.leave(channel_id, { rev, seq }, change_id);
    const entry = { rev, change_id };
    this.changed().joining.set(channel_id, entry);
    this.afterOthers(() => this.join(channel_id, { rev, seq }, entry));
  }

  private changed(): Changes {
    this.changes ??= { joining: new Map(), numbers: new Map(), left: new Map() };
    return this.changes;
  }

  private afterOthers(work: () => Promise<void>): void {
    this.working = this.working.then(work).catch(this.failed);
  }

  /** Sends what a client missed of its channels, then where each stands. */
  async resume(id: string | undefined, wanted: { [channel: string]: number }): Promise<void> {
    const done: string[] = [];
    const asked = Object.entries(wanted);
    // One after another: a client with hundreds of channels must not fill the socket at once.
    while (done.length < asked.length) {
      if (this.closed) return;
      await this.inTurn(async () => {
        this.socket.together(() => this.catchUpAtOnce(asked, done));
        const next = asked[done.length];
        if (next) done.push(await this.catchUp(...next));
      });
    }
    this.socket.send(resumedFrame(id, done));
  }

  /** As many of those that come next as need no waiting. */
  private catchUpAtOnce(asked: [channel_id: string, rev: number][], done: string[]): void {
    const { workspace_id } = this.identity;
    for (let next = asked[done.length]; next; next = asked[done.length]) {
      const [channel_id, rev] = next;
      if (!this.hears(channel_id)) return;
      const entry = resumeAtOnce(this.context, this.socket, { workspace_id, channel_id }, rev);
      if (entry === undefined) return;
      done.push(entry);
    }
  }

  private async catchUp(channel_id: string, rev: number): Promise<string> {
    const joined = this.channels.rev(channel_id);
    if (joined === undefined) return goneText(channel_id);
    const channel = { workspace_id: this.identity.workspace_id, channel_id };
    return resumeChannel(this.context, this.socket, channel, rev, () => this.channels.rev(channel_id) === joined);
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.resuming.then(work);
    // Whoever asked hears of the error; the next in turn does not depend on it.
    this.resuming = turn.catch(() => undefined);
    return turn;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    const { workspace_id, user_id } = this.identity;
    for (const channel_id of this.channels.all()) this.release(channelKey(workspace_id, channel_id));
    if (!this.waiting) this.release(personKey(workspace_id, user_id));
    this.channels.fill([]);
    // At once, not when the socket has gone: clients of a gateway that began anew may be back before that.
    this.context.watches.forget(this);
  }

  private release(address: string): void {
    this.context.gateway.release(address, this.life);
  }

  private async work({ body }: PersonEvent): Promise<void> {
    if (this.closed) return;
    if ('ReadMoved' in body) {
      const { channel_id, reply_to, thread } = body.ReadMoved;
      if (reply_to && this.ownReads?.delete(reply_to.request)) return;
      if (thread) this.send({ type: 'thread.read', channel_id, ...thread });
      else this.send({ type: 'read', ...(await readState(this.context, this.identity, channel_id)) });
    }
  }

  private async join(channel_id: string, { rev, seq }: Head, entry: Joining): Promise<void> {
    const { workspace_id } = this.identity;
    const { joining, numbers } = this.changed();
    const wanted = (): boolean => joining.get(channel_id) === entry;
    if (this.closed || !wanted() || this.hears(channel_id)) return;
    if (!(await this.isMember(channel_id, rev))) return void (wanted() && joining.delete(channel_id));
    if (this.closed) return;
    const feed = await this.context.gateway.acquireChannel({ workspace_id, channel_id });
    // Word of the membership may overtake the channel's own events, which one may not hear before it.
    await feed.reached(rev - 1);
    await this.inTurn(async () => {
      if (this.closed || !wanted()) return this.release(channelKey(workspace_id, channel_id));
      joining.delete(channel_id);
      this.channels.set(channel_id, rev);
      numbers.set(channel_id, entry.change_id);
      // The head just before one's own member.joined, which is the first event that follows.
      this.send({ type: 'channel.added', channel_id, head: { rev: rev - 1, seq } });
      this.socket.subscribe(channelKey(workspace_id, channel_id));
      const hears = (): boolean => this.channels.rev(channel_id) === rev;
      await resumeChannel(this.context, this.socket, { workspace_id, channel_id }, rev - 1, hears);
    });
  }

  /**
   * Whether the joining is the last word on the membership: it may come late, or again, from a worker that had been taken
   * for dead, and its person have left since. The store is ahead of what is told.
   */
  private async isMember(channel_id: string, rev: number): Promise<boolean> {
    if (rev <= (this.changes?.left.get(channel_id) ?? 0)) return false;
    const known = (await this.context.store.memberships(this.identity)).find((one) => one.channel_id === channel_id);
    return known?.joined === true && known.rev === rev;
  }

  private leave(channel_id: string, head: Head, change_id: number): void {
    const { joining, numbers, left } = this.changed();
    // A removal is announced past the channel's order, so its word may come behind that of a later return.
    const isOutdated = (number: number): boolean => change_id !== 0 && number > change_id;
    const coming = joining.get(channel_id);
    if (coming && !isOutdated(coming.change_id)) joining.delete(channel_id);
    const joined = this.channels.rev(channel_id);
    // Word that waited for hello may be of a leave before the joining that hello knows.
    if (joined === undefined || isOutdated(numbers.get(channel_id) ?? 0)) return;
    if (head.rev !== 0 && head.rev <= joined) return;
    this.channels.delete(channel_id);
    numbers.delete(channel_id);
    // A removal is told before the store knows of it.
    left.delete(channel_id);
    left.set(channel_id, Math.max(head.rev, joined));
    if (left.size > limits.channels) left.delete(left.keys().next().value!);
    const { workspace_id } = this.identity;
    this.socket.unsubscribe(channelKey(workspace_id, channel_id));
    const current = this.context.gateway.feed({ workspace_id, channel_id })?.current ?? head;
    this.release(channelKey(workspace_id, channel_id));
    this.send({ type: 'channel.removed', channel_id, head: head.rev === 0 ? current : head });
  }
}
