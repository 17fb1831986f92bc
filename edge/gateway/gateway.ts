import type { Logger } from 'pino';
import { withDeadline } from '../../platform/deadline.ts';
import { MillraceError, messageOf } from '../../platform/errors/error.ts';
import { channelKey, parseKey, partitionOf, personKey } from '../../platform/keys.ts';
import type { Append, Log, LogReader, LogRecord } from '../../platform/log/port.ts';
import type { ChannelId, MessageStore } from '../../platform/messages/port.ts';
import type {
  Answer,
  InterestMarker,
  MessageEvent,
  PersonEvent,
  PresenceChanged,
  Typing,
} from '../../schemas/generated/types.ts';
import { limits } from '../limits.ts';
import { ChannelFeed } from './channel-feed.ts';
import { Requests } from './requests.ts';
import type { Slot } from './slot-lease.ts';

/** A channel that no session wants is given up after this; someone who reconnects finds it warm. */
const linger_ms = 30_000;
/** Fan-out forgets what it has not been told for a day. */
const announceAgain_ms = 6 * 3_600_000;

interface Interest {
  /** This interest's own number, which its marker brings back. */
  ask: number;
  users: number;
  /** Undefined once all that follows arrives here: whoever wants the address then waits for nothing. */
  coming: Coming | undefined;
  feed: ChannelFeed | undefined;
  lingering: NodeJS.Timeout | undefined;
}

/** What an interest needs until it is there, and not for the hours after that. */
interface Coming {
  /** Resolves once the barrier has come and, for a channel, its feed has begun. */
  ready: Promise<void>;
  arrived(): void;
  announced: Promise<void>;
}

export interface GatewayPorts {
  log: Log;
  store: MessageStore;
  /** `event`: what the frame was made of, where that has just come over the log. */
  publish(topic: string, frame: Buffer, event?: MessageEvent): void;
  /** A person with an interest here: sessions are told. */
  person(event: PersonEvent): void;
  /** A status changed that someone here watches. */
  presence(change: PresenceChanged): void;
  /** Something of the gateway's topic was missed: every socket has to end, for what it heard may lack something. */
  lost(error: unknown): void;
}

/**
 * This process's place on the log: reads what is sent to its slot, announces interest in channels and people, takes what
 * fan-out sends, and matches answers with those who wait.
 */
export class Gateway {
  readonly requests: Requests;
  private readonly interests = new Map<string, Interest>();
  private reader: LogReader | undefined;
  private asks = 0;
  /** How often all interests were forgotten. */
  lives = 0;
  private reading: Promise<void> = Promise.resolve();

  /** Ends the reading of one slot. */
  private life = new AbortController();
  private again: NodeJS.Timeout | undefined;
  private held: Slot | undefined;

  constructor(
    private readonly lease: { take(): Promise<Slot>; release(): Promise<void> },
    private readonly ports: GatewayPorts,
    private readonly logger: Logger,
  ) {
    this.requests = new Requests(() => this.held);
  }

  /** Undefined while it holds none. */
  get slot(): string | undefined {
    return this.held?.slot;
  }

  get interestCount(): number {
    return this.interests.size;
  }

  /** Takes a slot and follows what is sent to it. Errors: those of `SlotLease.take`. */
  async start(): Promise<void> {
    await this.begin();
    this.again = setInterval(() => void this.announceAgain(), announceAgain_ms);
  }

  async stop(): Promise<void> {
    clearInterval(this.again);
    this.end();
    await this.lease.release();
    await this.reading;
  }

  /** The lease was lost: whatever was sent meanwhile went past this gateway. Begins anew on a slot of its own. */
  async rejoin(error: unknown): Promise<void> {
    this.end();
    this.requests.abandon();
    this.ports.lost(error);
    await this.begin();
  }

  private async begin(): Promise<void> {
    const slot = await this.lease.take();
    this.life = new AbortController();
    this.reading = this.readOn(slot.slot, this.life.signal);
    this.held = slot;
  }

  private end(): void {
    this.held = undefined;
    this.life.abort();
    this.reader?.close();
    this.forgetInterests();
  }

  /**
   * Wants a channel. Its feed, which has a head: at once where the channel is followed already, for whoever comes back wants hundreds.
   * Error: `unavailable` when fan-out doesn't answer in time.
   */
  acquireChannel(channel: ChannelId): ChannelFeed | Promise<ChannelFeed> {
    const address = channelKey(channel.workspace_id, channel.channel_id);
    const known = this.interests.get(address);
    if (!known || known.coming) return this.acquire(address).then(({ feed }) => feed!);
    this.use(known);
    return known.feed!;
  }

  /** Wants what goes to an address. Resolves once all that follows will arrive here. */
  async acquireAddress(address: string): Promise<void> {
    await this.acquire(address);
  }

  async acquirePerson(person: { workspace_id: string; user_id: string }): Promise<void> {
    await this.acquire(personKey(person.workspace_id, person.user_id));
  }

  feed(channel: ChannelId): ChannelFeed | undefined {
    return this.interests.get(channelKey(channel.workspace_id, channel.channel_id))?.feed;
  }

  /** `life`: in which it was acquired. What an earlier one held is forgotten, and may be held again by others. */
  release(address: string, life = this.lives): void {
    const interest = this.interests.get(address);
    if (!interest || interest.users === 0 || life !== this.lives || --interest.users > 0) return;
    interest.lingering = setTimeout(() => this.forget(address, interest), linger_ms);
    interest.lingering.unref();
  }

  private forget(address: string, interest: Interest): void {
    clearTimeout(interest.lingering);
    this.interests.delete(address);
    interest.feed?.close();
    this.announce(address, interest.ask, false).catch((error) =>
      this.logger.warn({ error: messageOf(error) }, 'interest not taken back'),
    );
  }

  private async acquire(address: string): Promise<Interest> {
    let interest = this.interests.get(address);
    if (!interest) {
      interest = this.open(address);
      this.interests.set(address, interest);
      interest.coming!.announced = this.announce(address, interest.ask, true);
    }
    this.use(interest);
    const { coming } = interest;
    if (!coming) return interest;
    try {
      await coming.announced;
    } catch (error) {
      // Nobody will ever answer this one: the next who wants the address asks anew.
      if (this.interests.get(address) === interest) this.interests.delete(address);
      throw error;
    }
    let late: MillraceError | undefined;
    const unfollowed = (): MillraceError => {
      const detail = 'the channel’s events can’t be followed now: try again';
      late = new MillraceError('unavailable', detail, { retryAfter: 1 });
      return late;
    };
    await withDeadline(coming.ready, limits.deadline_ms, unfollowed).catch((error) => {
      if (this.interests.get(address) !== interest) throw error;
      // One that failed stays failed, for whoever comes: it is forgotten, and the next who wants the address asks anew.
      if (error !== late) this.forget(address, interest);
      else this.release(address);
      throw error;
    });
    return interest;
  }

  private use(interest: Interest): void {
    clearTimeout(interest.lingering);
    interest.lingering = undefined;
    interest.users++;
  }

  private open(address: string): Interest {
    const parsed = parseKey(address);
    const failed = (error: unknown): void =>
      this.logger.error({ error: messageOf(error) }, 'a channel’s feed can’t be read');
    const feed =
      parsed.kind === 'channel'
        ? new ChannelFeed(parsed, this.ports.store, (frame, event) => this.ports.publish(address, frame, event), failed)
        : undefined;
    let arrived!: () => void;
    const marker = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const ready = feed ? marker.then(() => feed.begin()) : marker;
    const coming = { ready, arrived, announced: Promise.resolve() };
    const interest: Interest = { ask: ++this.asks, users: 0, coming, feed, lingering: undefined };
    // Whoever acquires awaits it; its failure is caught here so that one without a waiter is no unhandled one.
    ready.then(() => {
      interest.coming = undefined;
    }, failed);
    return interest;
  }

  private async announce(address: string, ask: number, wanted: boolean): Promise<void> {
    await this.ports.log.append([this.interestIn(address, ask, wanted)]);
  }

  /** One record stays for each address and slot; all of an address lie in its partition, where its events are. */
  private interestIn(address: string, ask: number, wanted: boolean): Append {
    const { held, ports } = this;
    if (!held) throw new MillraceError('unavailable', 'this gateway is joining anew: try again', { retryAfter: 1 });
    const value = { address, gateway: held.slot, epoch: held.epoch, ask, wanted };
    const partition = partitionOf(address, ports.log.topic('interest')!.partitions);
    return { topic: 'interest', partition, key: `${address}\0${held.slot}`, schema: 'Interest', value };
  }

  private async announceAgain(): Promise<void> {
    try {
      const all = [...this.interests].filter(([, { users }]) => users > 0);
      for (let i = 0; i < all.length; i += 500)
        await this.ports.log.append(
          all.slice(i, i + 500).map(([address, { ask }]) => this.interestIn(address, ask, true)),
        );
    } catch (error) {
      this.logger.warn({ error: messageOf(error) }, 'interests are not said again yet');
    }
  }

  private async readOn(slot: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const reader = this.ports.log.reader(`gateway_${slot}`, 0, 'end');
      this.reader = reader;
      try {
        for (;;) {
          const records = await reader.next(1000);
          if (records.length === 0 || signal.aborted) return;
          for (const record of records) this.take(record);
        }
      } catch (error) {
        // Something was missed, so nothing that is held can be trusted: all sockets end, and what comes next begins anew.
        this.ports.lost(error);
        this.forgetInterests();
      }
    }
  }

  private forgetInterests(): void {
    for (const interest of this.interests.values()) {
      clearTimeout(interest.lingering);
      interest.feed?.close();
    }
    this.interests.clear();
    this.lives++;
  }

  private take(record: LogRecord): void {
    const { schema, value } = record.decoded();
    switch (schema) {
      case 'MessageEvent':
        return this.takeEvent(value as MessageEvent);
      case 'PersonEvent':
        return this.takePerson(value as PersonEvent);
      case 'PresenceChanged':
        return this.ports.presence(value as PresenceChanged);
      case 'Typing':
        return this.takeTyping(value as Typing);
      case 'Answer':
        return this.requests.answer(value as Answer);
      case 'InterestMarker': {
        const { address, epoch, ask } = value as InterestMarker;
        const interest = this.interests.get(address);
        if (epoch === this.held?.epoch && ask === interest?.ask) interest.coming?.arrived();
        return;
      }
      default:
        this.logger.warn({ schema }, 'a gateway’s topic holds a record that no gateway takes');
    }
  }

  private takeEvent(event: MessageEvent): void {
    this.interests.get(channelKey(event.workspace_id, event.channel_id))?.feed?.take(event);
    this.requests.settle(event.reply_to, { event });
  }

  private takeTyping({ workspace_id, channel_id, user_id }: Typing): void {
    const frame = Buffer.from(JSON.stringify({ type: 'typing', user_id, channel_id }));
    this.ports.publish(channelKey(workspace_id, channel_id), frame);
  }

  private takePerson(event: PersonEvent): void {
    this.ports.person(event);
    const { body } = event;
    if ('ReadMoved' in body) this.requests.settle(body.ReadMoved.reply_to, { applied: true });
  }
}
