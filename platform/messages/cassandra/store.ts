import type { Message, ReadMarker } from '../../../schemas/generated/types.ts';
import type { Person } from '../../directory/person.ts';
import type { Codec } from '../../schemas/codec.ts';
import type { HotMessages, StaleObject } from '../cold/hot.ts';
import type {
  ChannelId,
  Head,
  History,
  HistoryRequest,
  Membership,
  MessageVersion,
  RowWrite,
  ThreadState,
  TrimmedMessage,
  Unread,
} from '../port.ts';
import { Buckets } from './buckets.ts';
import { readEvents } from './events.ts';
import { Find } from './find.ts';
import { forgetInThreads, forgetPerson, renameInEvents, renameInMentions } from './forget.ts';
import { Pages } from './history.ts';
import { readIdentities } from './identities.ts';
import { People } from './people.ts';
import { eventsInPart, idOf, rowsInPart } from './place.ts';
import { readScan } from './scan.ts';
import { type CassandraOptions, Session } from './session.ts';
import { readStale, settleStale } from './stale.ts';
import { writeStubs } from './stubs.ts';
import { readThread } from './thread.ts';
import { readGoingOn, readTrimmed, removeTrimmed } from './trim.ts';
import { Trims } from './trims.ts';
import { writeRows } from './write.ts';

const event_ttl_s = 14 * 24 * 3600;

/** The message store in Cassandra. Makes the keyspace and brings its tables to this version. Error: `unavailable`. */
export async function openCassandraMessages(options: CassandraOptions, codec: Codec): Promise<CassandraMessages> {
  return new CassandraMessages(await Session.open(options), codec, options.event_ttl_s ?? event_ttl_s);
}

/** Calls of the port, each with its deadline; what they do stands in the files beside. */
class CassandraMessages implements HotMessages {
  private readonly scope: {
    session: Session;
    codec: Codec;
    event_ttl_s: number;
    buckets: Buckets;
    find: Find;
    trims: Trims;
  };
  private readonly pages: Pages;
  private readonly people: People;

  constructor(
    private readonly session: Session,
    codec: Codec,
    event_ttl_s: number,
  ) {
    const buckets = new Buckets(session);
    const trims = new Trims(session);
    const find = new Find(session, buckets, trims, codec);
    this.scope = { session, codec, event_ttl_s, buckets, find, trims };
    this.pages = new Pages(session, buckets, find, trims);
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

  threadState(person: Person, channelId: string, rootId: string): Promise<ThreadState> {
    const root = idOf(rootId);
    return this.session.call(async () =>
      root === undefined ? { participants: [], last_read_id: null } : this.people.threadState(person, channelId, root),
    );
  }

  versions(
    { workspace_id, channel_id }: ChannelId,
    messageId: string,
    limit: number,
    before = Number.MAX_SAFE_INTEGER,
  ): Promise<MessageVersion[]> {
    const id = idOf(messageId);
    return this.session.call(async () => {
      if (id === undefined) return [];
      const rows = await this.session.rows(
        `SELECT rev, text, time FROM versions WHERE workspace_id = ? AND channel_id = ? AND message_id = ? AND rev < ?
         LIMIT ?`,
        [workspace_id, channel_id, id, BigInt(before), limit],
      );
      return rows.map((row) => ({
        rev: Number(row['rev']),
        text: row['text'] as string,
        time: Number(row['time']),
      }));
    });
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
      const trim = await this.scope.trims.of({ workspace_id, channel_id });
      // Numbers below it have no rows any more.
      if (trim.id > 0n && seq <= trim.seq) return trim.rev;
      const [next] = await this.session.rows(
        'SELECT created_rev FROM seqs WHERE workspace_id = ? AND channel_id = ? AND part = ? AND seq = ?',
        [workspace_id, channel_id, Math.floor((seq + 1) / rowsInPart), BigInt(seq + 1)],
      );
      if (next) return Number(next['created_rev']) - 1;
      return (await this.people.channel(workspace_id, channel_id)).head.rev;
    });
  }

  trimmed(channel: ChannelId, limit: number): Promise<TrimmedMessage[]> {
    return this.session.call(() => readTrimmed(this.scope, channel, limit));
  }

  goingOn(channel: ChannelId, after: string, limit: number): Promise<string[]> {
    return this.session.call(() => readGoingOn(this.scope, channel, BigInt(after), limit));
  }

  /** Events go by themselves, and mentions of all in one piece: nothing is left to be asked for again. */
  async removeTrimmed(channel: ChannelId, messages: TrimmedMessage[]): Promise<boolean> {
    if (messages.length > 0) await this.session.call(() => removeTrimmed(this.scope, channel, messages));
    return false;
  }

  /** Each step has a deadline of its own: an erasure is rare, and long. */
  async forget(person: Person, channelIds: string[], instead: string): Promise<void> {
    await this.session.call(() => forgetPerson(this.session, person));
    for (const channel_id of channelIds) {
      const channel = { workspace_id: person.workspace_id, channel_id };
      const { head } = await this.session.call(() => this.people.channel(person.workspace_id, channel_id));
      await this.eachStep(forgetInThreads(this.scope, channel, person.user_id));
      await this.eachStep(renameInMentions(this.session, channel, person.user_id, instead));
      for (let part = 0; part <= head.rev / eventsInPart; part++)
        await this.session.call(() => renameInEvents(this.session, channel, part, person.user_id, instead));
    }
  }

  private async eachStep(steps: AsyncGenerator<void>): Promise<void> {
    while (!(await this.session.call(() => steps.next())).done);
  }

  stale(cursor: string | null) {
    return this.session.call(() => readStale(this.scope, cursor));
  }

  settleStale(stale: StaleObject): Promise<void> {
    return this.session.call(() => settleStale(this.scope, stale));
  }

  putStubs(channel: ChannelId, stubs: Message[]): Promise<void> {
    return this.session.call(() => writeStubs(this.scope, channel, stubs));
  }

  scan(cursor: string | null, limit: number) {
    return this.session.call(() => readScan(this.scope, cursor, limit));
  }

  close(): Promise<void> {
    return this.session.close();
  }
}
