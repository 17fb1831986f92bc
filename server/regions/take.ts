import { setTimeout as sleep } from 'node:timers/promises';
import type { Append, LogRecord } from '../../platform/log/port.ts';
import type { MessageStore } from '../../platform/messages/port.ts';
import type { RegionsPresence } from '../../platform/presence/with-regions.ts';
import type { LinkedTopic } from '../../platform/regions/port.ts';
import type {
  Message,
  MessageCommand,
  MessageEvent,
  PresenceChanged,
  ReadCommand,
  RegionRecord,
} from '../../schemas/generated/types.ts';
import type { FollowedDirectory } from './followed-directory.ts';

/** How long a marker waits for the message that it tells of. */
const patience_ms = 5000;
const look_ms = 50;

/** What of another region's records this one takes, each with what this region's store has of it. */
export class Taken {
  constructor(
    private readonly region: number,
    private readonly store: MessageStore,
    private readonly directory: FollowedDirectory,
    private readonly presence: Pick<RegionsPresence, 'tell'>,
  ) {}

  async take(topic: LinkedTopic, record: LogRecord): Promise<Append | undefined> {
    const { schema, value } = record.decoded();
    if (topic === 'message_events' && schema === 'MessageEvent') return this.event(record.key, value as MessageEvent);
    if (topic === 'region_sends' && schema === 'MessageCommand')
      return this.append(record.key, { MessageCommand: value as MessageCommand });
    if (topic === 'read_commands' && schema === 'ReadCommand') return this.read(record.key, value as ReadCommand);
    if (topic !== 'presence_changes' || schema !== 'PresenceChanged') return undefined;
    const change = value as PresenceChanged;
    if (change.region !== null) return undefined;
    this.presence.tell(this.region, change, change.status);
    return this.append(record.key, { PresenceChanged: change });
  }

  private async event(key: string, event: MessageEvent): Promise<Append | undefined> {
    const { made, body } = event;
    if (made?.region !== this.region || made.rev > 0) return undefined;
    const channel = { workspace_id: event.workspace_id, channel_id: event.channel_id };
    if ('MembersChanged' in body) {
      await this.directory.members(channel, body.MembersChanged, made.channel);
      return undefined;
    }
    if ('ChannelChanged' in body) {
      const { home } = body.ChannelChanged.channel;
      const here = await this.directory.channel(channel, body.ChannelChanged.channel);
      if (!here || !home) return undefined;
      // As it is called here; where its home is, as it was told there.
      const { workspace_id: _workspace, channel_id: _channel, ...story } = here;
      const told = { ChannelChanged: { ...body.ChannelChanged, channel: { ...story, home } } };
      return this.append(key, { MessageEvent: { ...event, body: told } });
    }
    const { message, kind } = body.MessageChanged;
    const wanted = kind === 'created' && !message.deleted ? message.thread_id : message.message_id;
    const known = wanted === null ? undefined : await this.store.message(channel, wanted);
    return this.append(key, { MessageEvent: event }, known);
  }

  /** Numbers of events are each region's own: the marker says the same here by this region's. */
  private async read(key: string, command: ReadCommand): Promise<Append | undefined> {
    if (command.region !== null) return undefined;
    const { workspace_id, channel_id, marker } = command;
    const channel = { workspace_id, channel_id };
    let head = await this.store.head(channel);
    for (const until = Date.now() + patience_ms; head.seq < marker.last_read_seq && Date.now() < until; ) {
      await sleep(look_ms);
      head = await this.store.head(channel);
    }
    const last_read_seq = Math.min(marker.last_read_seq, head.seq);
    const last_read_rev = await this.store.revBefore(channel, last_read_seq);
    const since_rev = marker.since_rev === 0 ? 0 : head.rev;
    const here = { epoch: marker.epoch, last_read_seq, last_read_rev, since_rev };
    return this.append(key, { ReadCommand: { ...command, marker: here } });
  }

  private append(key: string, what: RegionRecord['what'], known: Message | undefined = undefined): Append {
    const value: RegionRecord = { region: this.region, known: known ?? null, what };
    return { topic: 'region_records', key, schema: 'RegionRecord', value };
  }
}
