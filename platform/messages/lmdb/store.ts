import type { Message, ReadMarker } from '../../../schemas/generated/types.ts';
import type { Person } from '../../directory/person.ts';
import type { Environment } from '../../lmdb/environment.ts';
import { after, bigintAt, key, numberAt } from '../../lmdb/key.ts';
import type { Table } from '../../lmdb/table.ts';
import type { Codec } from '../../schemas/codec.ts';
import type { HotMessages, StaleObject } from '../cold/hot.ts';
import { disowned } from '../emptied.ts';
import { markerInForce, unreadMarker } from '../markers.ts';
import {
  type ChannelId,
  type Head,
  type History,
  type HistoryRequest,
  type Membership,
  type MessageVersion,
  mentionsCounted,
  mentionsRead,
  participantsShown,
  type RowWrite,
  type StoredEvent,
  type StoredEventBody,
  type ThreadState,
  type TrimmedMessage,
  type Unread,
} from '../port.ts';
import { forgetPerson, rowsThatName } from './forget.ts';
import { readHistory } from './history.ts';
import { mentionOf } from './mention.ts';
import { identityKey, idOf, markerOf, of, ofPerson, Rows } from './rows.ts';
import { hasOthers, hasReplies, removeTrimmedRows, rootsGoingOn, trimmedRows } from './trim.ts';
import { versionsOf } from './versions.ts';
import { writeRow, writeStub } from './write.ts';

const staleAtOnce = 500;

/** The embedded message store. Reads are memory-mapped and take microseconds, so they don't leave the thread. */
export class LmdbMessages implements HotMessages {
  private readonly rows: Rows;

  constructor(
    private readonly environment: Environment,
    codec: Codec,
  ) {
    this.rows = new Rows(environment, codec);
  }

  /** Inside `Environment.write`. */
  stage(writes: RowWrite[]): void {
    for (const write of writes) writeRow(this.rows, write);
  }

  async write(writes: RowWrite[]): Promise<void> {
    await this.environment.write(() => this.stage(writes));
  }

  async putStubs(channel: ChannelId, stubs: Message[]): Promise<void> {
    await this.environment.write(() => {
      for (const stub of stubs) writeStub(this.rows, channel, stub);
    });
  }

  async stale(cursor: string | null) {
    const start = cursor === null ? Buffer.alloc(0) : Buffer.concat([Buffer.from(cursor, 'hex'), Buffer.from([0])]);
    const found = Array.from(this.rows.stale.range({ start, end: after(Buffer.alloc(0)), limit: staleAtOnce }));
    const objects = found.map(({ key: at, value }) => {
      const [workspace_id, channel_id, object] = at.toString('utf8').split('\0') as [string, string, string];
      return { workspace_id, channel_id: channel_id.slice(1), object, message_ids: [], mark: value.toString('hex') };
    });
    const last = found.length === staleAtOnce ? found.at(-1) : undefined;
    return { objects, cursor: last ? last.key.toString('hex') : null };
  }

  async settleStale(stale: StaleObject): Promise<void> {
    const at = key(of(stale), stale.object);
    await this.environment.write(() => {
      if (this.rows.stale.get(at)?.toString('hex') === stale.mark) this.rows.stale.remove(at);
    });
  }

  async head(channel: ChannelId): Promise<Head> {
    return this.headNow(channel);
  }

  async heads(workspaceId: string, channelIds: string[]): Promise<Head[]> {
    return channelIds.map((channel_id) => this.headNow({ workspace_id: workspaceId, channel_id }));
  }

  async message(channel: ChannelId, messageId: string): Promise<Message | undefined> {
    return this.rows.message(channel, messageId);
  }

  async messages(channel: ChannelId, messageIds: string[]): Promise<Message[]> {
    return messageIds.map((id) => this.rows.message(channel, id)).filter((message) => message !== undefined);
  }

  async history(channel: ChannelId, request: HistoryRequest): Promise<History> {
    return { ...readHistory(this.rows, channel, request), head: this.headNow(channel) };
  }

  async thread(channel: ChannelId, messageId: string, request: { after?: string | undefined; limit: number }) {
    const id = idOf(messageId);
    if (id === undefined) return undefined;
    const rootRow = this.rows.roots.committed(key(of(channel), id));
    const rootId = rootRow ? bigintAt(rootRow, 0) : id;
    const row = this.rows.messages.committed(key(of(channel), rootId));
    const floor = this.rows.floor(channel);
    if (!row || (rootId < floor && !hasReplies(this.rows, channel, rootId, floor))) return undefined;
    const root = rootId < floor ? disowned(this.rows.decode(row)) : this.rows.decode(row);
    const from = request.after === undefined ? undefined : idOf(request.after);
    const skipRoot = from !== undefined && from >= rootId;
    const prefix = key(of(channel), rootId);
    const first = from === undefined || from < rootId ? rootId : from + 1n;
    const start = key(of(channel), rootId, first < floor ? floor : first);
    const limit = request.limit + 1 - (skipRoot ? 0 : 1);
    const replies = Array.from(this.rows.replies.range({ start, end: after(prefix), limit }), ({ value }) =>
      this.rows.decode(value),
    );
    const messages = skipRoot ? replies : [root, ...replies];
    const has_more_after = messages.length > request.limit;
    return { messages: messages.slice(0, request.limit), has_more_after };
  }

  async threadState(person: Person, channelId: string, rootId: string): Promise<ThreadState> {
    const root = idOf(rootId);
    if (root === undefined) return { participants: [], last_read_id: null };
    const prefix = key(of({ workspace_id: person.workspace_id, channel_id: channelId }), root);
    const range = { start: prefix, end: after(prefix), limit: participantsShown };
    const participants = Array.from(this.rows.participants.range(range), ({ key: at }) =>
      at.toString('utf8', prefix.length, at.length - 1),
    );
    const marker = this.rows.threadMarkers.committed(key(ofPerson(person), channelId, root));
    return { participants, last_read_id: marker ? bigintAt(marker, 0).toString() : null };
  }

  async versions(
    channel: ChannelId,
    messageId: string,
    limit: number,
    before = Number.MAX_SAFE_INTEGER,
  ): Promise<MessageVersion[]> {
    const id = idOf(messageId);
    if (id === undefined) return [];
    const { versions } = versionsOf(this.rows.versions.committed(key(of(channel), id)));
    return versions
      .filter(({ rev }) => rev < before)
      .reverse()
      .slice(0, limit);
  }

  async eventsAfter(channel: ChannelId, rev: number, limit: number): Promise<StoredEvent[] | undefined> {
    const prefix = key(of(channel));
    const events: StoredEvent[] = [];
    for (const { key: at, value } of this.rows.events.range({
      start: key(of(channel), rev + 1),
      end: after(prefix),
      limit,
    })) {
      const eventRev = numberAt(at, -8);
      if (eventRev !== rev + events.length + 1) return undefined;
      const event = JSON.parse(value.toString()) as StoredEventBody;
      if ('body' in event) {
        events.push({ rev: eventRev, body: event.body });
        continue;
      }
      const message = this.rows.message(channel, event.message_id);
      if (!message) return undefined;
      events.push({ rev: eventRev, kind: event.kind, message });
    }
    // Nothing found below the head: what followed is no longer kept.
    if (events.length === 0 && limit > 0 && this.headNow(channel).rev > rev) return undefined;
    return events;
  }

  async identities(channel: ChannelId, clientMsgIds: string[]) {
    return clientMsgIds.map((identity) => {
      const row = this.rows.identities.committed(identityKey(channel, identity));
      if (!row) return undefined;
      const root = bigintAt(row, 8);
      return { message_id: bigintAt(row, 0).toString(), thread_id: root === 0n ? null : root.toString() };
    });
  }

  async memberships(person: Person): Promise<Membership[]> {
    const prefix = key(ofPerson(person));
    return Array.from(this.rows.memberships.range({ start: prefix, end: after(prefix) }), ({ key: at, value }) => ({
      channel_id: at.toString('utf8', prefix.length, at.length - 1),
      joined: numberAt(value, 8) === 1,
      rev: numberAt(value, 0),
    }));
  }

  async marker(person: Person, channelId: string): Promise<ReadMarker> {
    return this.markerNow(person, channelId);
  }

  async unreads(person: Person, channelIds: string[]): Promise<Unread[]> {
    return channelIds.map((channel_id) => {
      const channel = { workspace_id: person.workspace_id, channel_id };
      const head = this.headNow(channel);
      const marker = this.markerNow(person, channel_id);
      return {
        channel_id,
        last_seq: head.seq,
        last_read_seq: marker.last_read_seq,
        unread: Math.max(0, head.seq - marker.last_read_seq),
        mentions: this.mentionsAfter(person, channel, marker.last_read_rev),
      };
    });
  }

  async revBefore(channel: ChannelId, seq: number): Promise<number> {
    const trim = this.rows.trims.committed(key(of(channel)));
    // Numbers below it have no rows any more.
    if (trim && seq <= numberAt(trim, 8)) return numberAt(trim, 16);
    const next = this.rows.seqs.committed(key(of(channel), seq + 1));
    return next ? numberAt(next, 8) - 1 : this.headNow(channel).rev;
  }

  async trimmed(channel: ChannelId, limit: number): Promise<TrimmedMessage[]> {
    return trimmedRows(this.rows, channel, limit);
  }

  async goingOn(channel: ChannelId, from: string, limit: number): Promise<string[]> {
    return rootsGoingOn(this.rows, channel, BigInt(from), limit);
  }

  async removeTrimmed(channel: ChannelId, messages: TrimmedMessage[]): Promise<boolean> {
    if (messages.length === 0 && !hasOthers(this.rows, channel)) return false;
    return this.environment.write(() => removeTrimmedRows(this.rows, channel, messages));
  }

  async forget(person: Person, channelIds: string[], instead: string): Promise<void> {
    await this.environment.write(() => forgetPerson(this.rows, person));
    for (const channel_id of channelIds) {
      const channel = { workspace_id: person.workspace_id, channel_id };
      for (const some of rowsThatName(this.rows, channel, person.user_id, instead))
        await this.environment.write(() => {
          for (const change of some) change();
        });
    }
  }

  async scan(cursor: string | null, limit: number) {
    const [table, from] = cursor === null ? ['messages', ''] : (cursor.split(':') as [string, string]);
    const start = from === '' ? Buffer.alloc(0) : Buffer.concat([Buffer.from(from, 'hex'), Buffer.from([0])]);
    const source = table === 'messages' ? this.rows.messages : this.rows.replies;
    const found = Array.from(source.range({ start, end: after(Buffer.alloc(0)), limit }));
    const messages = found
      .map(({ key: at, value }) => {
        const [workspace_id, rest] = at.toString('latin1').split('\0', 2) as [string, string];
        const decode = (text: string): string => Buffer.from(text, 'latin1').toString();
        return {
          workspace_id: decode(workspace_id),
          channel_id: decode(rest.slice(1)),
          message: this.rows.decode(value),
        };
      })
      .filter((one) => BigInt(one.message.message_id) >= this.rows.floor(one));
    const last = found.at(-1);
    if (last && found.length === limit) return { messages, cursor: `${table}:${last.key.toString('hex')}` };
    return { messages, cursor: table === 'messages' ? 'replies:' : null };
  }

  private headNow(channel: ChannelId): Head {
    const head = this.rows.heads.committed(key(of(channel)));
    return head ? { rev: numberAt(head, 0), seq: numberAt(head, 8) } : { rev: 0, seq: 0 };
  }

  private markerNow(person: Person, channelId: string): ReadMarker {
    const at = key(ofPerson(person), channelId);
    const row = this.rows.markers.committed(at);
    const floorOf = (bytes: Buffer | undefined) => bytes && { seq: numberAt(bytes, 0), rev: numberAt(bytes, 8) };
    const channel = { workspace_id: person.workspace_id, channel_id: channelId };
    return markerInForce(row ? markerOf(row) : unreadMarker, [
      floorOf(this.rows.ownReads.committed(at)),
      floorOf(this.rows.readFloors.committed(key(of(channel)))),
    ]);
  }

  private mentionsAfter(person: Person, channel: ChannelId, rev: number): number {
    const found = new Set<number>();
    const count = (table: Table, scope: Buffer, start: Buffer, isOther: (author: string) => boolean): void => {
      for (const { key: at, value } of table.range({ start, end: after(scope), limit: mentionsRead })) {
        if (found.size >= mentionsCounted) return;
        const { alive, author_id } = mentionOf(value);
        if (alive && isOther(author_id)) found.add(numberAt(at, -8));
      }
    };
    const own = [ofPerson(person), channel.channel_id] as const;
    count(this.rows.mentions, key(...own), key(...own, rev + 1), () => true);
    const all = of(channel);
    count(this.rows.channelMentions, key(all), key(all, rev + 1), (author) => author !== person.user_id);
    return found.size;
  }
}
