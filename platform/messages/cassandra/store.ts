import type { Message, ReadMarker } from '../../../schemas/generated/types.ts';
import type { Person } from '../../directory/port.ts';
import type { Codec } from '../../schemas/codec.ts';
import type { ChannelId, Head, History, HistoryRequest, Membership, MessageStore, RowWrite, Unread } from '../port.ts';
import { Buckets } from './buckets.ts';
import { readEvents } from './events.ts';
import { Find } from './find.ts';
import { Pages } from './history.ts';
import { readIdentities } from './identities.ts';
import { People } from './people.ts';
import { idOf, rowsInPart } from './place.ts';
import { readScan } from './scan.ts';
import { type CassandraOptions, Session } from './session.ts';
import { readThread } from './thread.ts';
import { writeRows } from './write.ts';

const event_ttl_s = 14 * 24 * 3600;

/** The message store in Cassandra. Makes the keyspace and brings its tables to this version. Error: `unavailable`. */
export async function openCassandraMessages(options: CassandraOptions, codec: Codec): Promise<CassandraMessages> {
  return new CassandraMessages(await Session.open(options), codec, options.event_ttl_s ?? event_ttl_s);
}

/** Calls of the port, each with its deadline; what they do stands in the files beside. */
export class CassandraMessages implements MessageStore {
  private readonly scope: {
    session: Session;
    codec: Codec;
    event_ttl_s: number;
    buckets: Buckets;
    find: Find;
  };
  private readonly pages: Pages;
  private readonly people: People;

  constructor(
    private readonly session: Session,
    codec: Codec,
    event_ttl_s: number,
  ) {
    const buckets = new Buckets(session);
    const find = new Find(session, buckets, codec);
    this.scope = { session, codec, event_ttl_s, buckets, find };
    this.pages = new Pages(session, buckets, find);
    this.people = new People(session);
  }

  write(rows: RowWrite[]): Promise<void> {
    return this.session.call(() => writeRows(this.scope, rows));
  }

  head({ workspace_id, channel_id }: ChannelId): Promise<Head> {
    return this.session.call(async () => (await this.people.channel(workspace_id, channel_id)).head);
  }

  heads(workspaceId: string, channelIds: string[]): Promise<Head[]> {
    return this.session.call(async () => (await this.people.channels(workspaceId, channelIds)).map(({ head }) => head));
  }

  async message(channel: ChannelId, messageId: string): Promise<Message | undefined> {
    return (await this.messages(channel, [messageId]))[0];
  }

  messages(channel: ChannelId, messageIds: string[]): Promise<Message[]> {
    const ids = messageIds.map(idOf).filter((id) => id !== undefined);
    return this.session.call(() => this.scope.find.messages(channel, ids));
  }

  history(channel: ChannelId, request: HistoryRequest): Promise<History> {
    return this.session.call(async () => {
      const { head } = await this.people.channel(channel.workspace_id, channel.channel_id);
      return { ...(await this.pages.read(channel, request)), head };
    });
  }

  thread(channel: ChannelId, messageId: string, request: { after?: string | undefined; limit: number }) {
    return this.session.call(() => readThread(this.scope, channel, messageId, request));
  }

  eventsAfter(channel: ChannelId, rev: number, limit: number) {
    return this.session.call(async () => {
      const { head } = await this.people.channel(channel.workspace_id, channel.channel_id);
      return readEvents(this.scope, channel, { rev, headRev: head.rev, limit });
    });
  }

  identities(channel: ChannelId, clientMsgIds: string[]) {
    return this.session.call(() => readIdentities(this.session, channel, clientMsgIds));
  }

  memberships(person: Person): Promise<Membership[]> {
    return this.session.call(() => this.people.memberships(person));
  }

  marker(person: Person, channelId: string): Promise<ReadMarker> {
    return this.session.call(() => this.people.marker(person, channelId));
  }

  unreads(person: Person, channelIds: string[]): Promise<Unread[]> {
    return this.session.call(() => this.people.unreads(person, channelIds));
  }

  revBefore({ workspace_id, channel_id }: ChannelId, seq: number): Promise<number> {
    return this.session.call(async () => {
      const [next] = await this.session.rows(
        'SELECT created_rev FROM seqs WHERE workspace_id = ? AND channel_id = ? AND part = ? AND seq = ?',
        [workspace_id, channel_id, Math.floor((seq + 1) / rowsInPart), BigInt(seq + 1)],
      );
      if (next) return Number(next['created_rev']) - 1;
      return (await this.people.channel(workspace_id, channel_id)).head.rev;
    });
  }

  scan(cursor: string | null, limit: number) {
    return this.session.call(() => readScan(this.scope, cursor, limit));
  }

  close(): Promise<void> {
    return this.session.close();
  }
}
