import type { Logger } from 'pino';
import { MillraceError, messageOf } from '../../platform/errors/error.ts';
import { channelKey, parseKey, personKey } from '../../platform/keys.ts';
import type { Log, LogReader, LogRecord } from '../../platform/log/port.ts';
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

const leaseRenewal_ms = 3000;
const lease_ms = 10_000;
/** A channel that no session wants is given up after this; someone who reconnects finds it warm. */
const linger_ms = 30_000;

interface Interest {
  /** This interest's own number, which its marker brings back. */
  ask: number;
  users: number;
  /** Resolves once the barrier has come and, for a channel, its feed has begun. */
  ready: Promise<void>;
  arrived(): void;
  announced: Promise<void>;
  feed: ChannelFeed | undefined;
  lingering: NodeJS.Timeout | undefined;
}

export interface GatewayPorts {
  log: Log;
  store: MessageStore;
  publish(topic: string, frame: Buffer): void;
  /** A person with an interest here: sessions are told. */
  person(event: PersonEvent): void;
  /** A status changed that someone here watches. */
  presence(change: PresenceChanged): void;
  /** Something of the gateway's topic was missed: every socket has to end, for what it heard may lack something. */
  lost(error: unknown): void;
}

/**
 * This process's place on the log: holds a slot under an epoch, announces interest in channels and people, takes what
 * fan-out sends, and matches answers with those who wait.
 */
export class Gateway {
  readonly requests: Requests;
  private readonly interests = new Map<string, Interest>();
  private reader: LogReader | undefined;
  private renewal: NodeJS.Timeout | undefined;
  private asks = 0;
  private reading: Promise<void> = Promise.resolve();

  constructor(
    private readonly slot: string,
    private readonly epoch: number,
    private readonly ports: GatewayPorts,
    private readonly logger: Logger,
  ) {
    this.requests = new Requests(slot, epoch);
  }

  get interestCount(): number {
    return this.interests.size;
  }

  async start(): Promise<void> {
    this.reading = this.readOn();
    await this.lease(Date.now() + lease_ms);
    this.renewal = setInterval(() => {
      this.lease(Date.now() + lease_ms).catch((error) =>
        this.logger.warn({ error: messageOf(error) }, 'lease not renewed'),
      );
    }, leaseRenewal_ms);
  }

  async stop(): Promise<void> {
    clearInterval(this.renewal);
    this.forgetInterests();
    await this.lease(0);
    this.reader?.close();
    await this.reading;
  }

  /** Wants a channel. Resolves with its feed, which has a head. Error: `unavailable` when fan-out doesn't answer in time. */
  async acquireChannel(channel: ChannelId): Promise<ChannelFeed> {
    const interest = await this.acquire(channelKey(channel.workspace_id, channel.channel_id));
    return interest.feed!;
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

  release(address: string): void {
    const interest = this.interests.get(address);
    if (!interest || --interest.users > 0) return;
    interest.lingering = setTimeout(() => {
      this.interests.delete(address);
      interest.feed?.close();
      this.announce(address, interest.ask, false).catch((error) =>
        this.logger.warn({ error: messageOf(error) }, 'interest not taken back'),
      );
    }, linger_ms);
    interest.lingering.unref();
  }

  private async acquire(address: string): Promise<Interest> {
    let interest = this.interests.get(address);
    if (!interest) {
      interest = this.open(address);
      this.interests.set(address, interest);
      interest.announced = this.announce(address, interest.ask, true);
    }
    clearTimeout(interest.lingering);
    interest.lingering = undefined;
    interest.users++;
    try {
      await interest.announced;
    } catch (error) {
      // Nobody will ever answer this one: the next who wants the address asks anew.
      if (this.interests.get(address) === interest) this.interests.delete(address);
      throw error;
    }
    const late = new MillraceError('unavailable', 'the channel’s events can’t be followed now: try again', {
      retryAfter: 1,
    });
    await withDeadline(interest.ready, limits.deadline_ms, late).catch((error) => {
      if (this.interests.get(address) === interest) this.release(address);
      throw error;
    });
    return interest;
  }

  private open(address: string): Interest {
    const parsed = parseKey(address);
    const failed = (error: unknown): void =>
      this.logger.error({ error: messageOf(error) }, 'a channel’s feed can’t be read');
    const feed =
      parsed.kind === 'channel'
        ? new ChannelFeed(parsed, this.ports.store, (frame) => this.ports.publish(address, frame), failed)
        : undefined;
    let arrived!: () => void;
    const marker = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const ready = feed ? marker.then(() => feed.begin()) : marker;
    // Whoever acquires awaits it; here only so that a failure without a waiter is no unhandled one.
    ready.catch(failed);
    return { ask: ++this.asks, users: 0, ready, arrived, announced: Promise.resolve(), feed, lingering: undefined };
  }

  private async announce(address: string, ask: number, wanted: boolean): Promise<void> {
    const value = { address, gateway: this.slot, epoch: this.epoch, ask, wanted };
    await this.ports.log.append([{ topic: 'interest', key: address, schema: 'Interest', value }]);
  }

  private async lease(until: number): Promise<void> {
    const value = { gateway: this.slot, epoch: this.epoch, until };
    await this.ports.log.append([{ topic: 'gateways', key: this.slot, schema: 'GatewayLease', value }]);
  }

  private async readOn(): Promise<void> {
    for (;;) {
      const reader = this.ports.log.reader(`gateway_${this.slot}`, 0, 'end');
      this.reader = reader;
      try {
        for (;;) {
          const records = await reader.next(1000);
          if (records.length === 0) return;
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
        if (epoch === this.epoch && ask === interest?.ask) interest.arrived();
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
    if ('ReadMoved' in event.body) {
      const { reply_to, marker, channel_id } = event.body.ReadMoved;
      this.requests.settle(reply_to, { marker, channel_id });
    }
  }
}

export async function withDeadline<Result>(work: Promise<Result>, milliseconds: number, late: Error): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late), milliseconds);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
