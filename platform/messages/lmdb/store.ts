import type { Message, ReadMarker } from '../../../schemas/generated/types.ts';
import type { Person } from '../../directory/port.ts';
import type { Environment } from '../../lmdb/environment.ts';
import { after, bigintAt, key, numberAt } from '../../lmdb/key.ts';
import type { Codec } from '../../schemas/codec.ts';
import {
  type ChannelId,
  type Head,
  type History,
  type HistoryRequest,
  type Membership,
  type MessageStore,
  mergeMarkers,
  type RowWrite,
  type StoredEvent,
  type StoredEventBody,
  type Unread,
  unreadMarker,
} from '../port.ts';
import { readHistory } from './history.ts';
import { mentionOf } from './mention.ts';
import { identityKey, idOf, of, ofPerson, Rows } from './rows.ts';
import { writeRow } from './write.ts';

/** The embedded message store. Reads are memory-mapped and take microseconds, so they don't leave the thread. */
export class LmdbMessages implements MessageStore {
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
    const root = this.rows.messages.committed(key(of(channel), rootId));
    if (!root) return undefined;
    const from = request.after === undefined ? undefined : idOf(request.after);
    const skipRoot = from !== undefined && from >= rootId;
    const prefix = key(of(channel), rootId);
    const start = from === undefined || from < rootId ? prefix : key(of(channel), rootId, from + 1n);
    const limit = request.limit + 1 - (skipRoot ? 0 : 1);
    const replies = Array.from(this.rows.replies.range({ start, end: after(prefix), limit }), ({ value }) =>
      this.rows.decode(value),
    );
    const messages = skipRoot ? replies : [this.rows.decode(root), ...replies];
    const has_more_after = messages.length > request.limit;
    return { messages: messages.slice(0, request.limit), has_more_after };
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
    const next = this.rows.seqs.committed(key(of(channel), seq + 1));
    return next ? numberAt(next, 8) - 1 : this.headNow(channel).rev;
  }

  async scan(cursor: string | null, limit: number) {
    const [table, from] = cursor === null ? ['messages', ''] : (cursor.split(':') as [string, string]);
    const start = from === '' ? Buffer.alloc(0) : Buffer.concat([Buffer.from(from, 'hex'), Buffer.from([0])]);
    const source = table === 'messages' ? this.rows.messages : this.rows.replies;
    const found = Array.from(source.range({ start, end: after(Buffer.alloc(0)), limit }));
    const messages = found.map(({ key: at, value }) => {
      const [workspace_id, rest] = at.toString('latin1').split('\0', 2) as [string, string];
      const decode = (text: string): string => Buffer.from(text, 'latin1').toString();
      return {
        workspace_id: decode(workspace_id),
        channel_id: decode(rest.slice(1)),
        message: this.rows.decode(value),
      };
    });
    const last = found.at(-1);
    if (last && found.length === limit) return { messages, cursor: `${table}:${last.key.toString('hex')}` };
    return { messages, cursor: table === 'messages' ? 'replies:' : null };
  }

  private headNow(channel: ChannelId): Head {
    const head = this.rows.heads.committed(key(of(channel)));
    return head ? { rev: numberAt(head, 0), seq: numberAt(head, 8) } : { rev: 0, seq: 0 };
  }

  private markerNow(person: Person, channelId: string): ReadMarker {
    const row = this.rows.markers.committed(key(ofPerson(person), channelId));
    const own = row
      ? { epoch: numberAt(row, 0), last_read_seq: numberAt(row, 8), last_read_rev: numberAt(row, 16) }
      : unreadMarker;
    const floor = this.rows.readFloors.committed(key(of({ workspace_id: person.workspace_id, channel_id: channelId })));
    if (!floor) return own;
    return mergeMarkers(own, {
      epoch: own.epoch,
      last_read_seq: numberAt(floor, 0),
      last_read_rev: numberAt(floor, 8),
    });
  }

  private mentionsAfter(person: Person, channel: ChannelId, rev: number): number {
    const own = key(ofPerson(person), channel.channel_id);
    const start = key(ofPerson(person), channel.channel_id, rev + 1);
    const seen = new Set<number>();
    for (const { key: at, value } of this.rows.mentions.range({ start, end: after(own) })) {
      if (mentionOf(value).alive) seen.add(numberAt(at, -8));
    }
    const all = key(of(channel));
    for (const { key: at, value } of this.rows.channelMentions.range({
      start: key(of(channel), rev + 1),
      end: after(all),
    })) {
      const { alive, author_id } = mentionOf(value);
      if (alive && author_id !== person.user_id) seen.add(numberAt(at, -8));
    }
    return seen.size;
  }
}
