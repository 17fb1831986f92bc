import { createHash } from 'node:crypto';
import type { Message, ReadMarker } from '../../../schemas/generated/types.ts';
import { channelKey, personKey } from '../../keys.ts';
import type { Environment } from '../../lmdb/environment.ts';
import { bigintAt, key, numberAt } from '../../lmdb/key.ts';
import type { Table } from '../../lmdb/table.ts';
import type { Codec } from '../../schemas/codec.ts';
import type { ChannelId } from '../port.ts';

/** The store's tables and the shape of their keys; values are Avro (messages), fixed numbers or JSON. */
export class Rows {
  /** Top-level messages: channel, id → message. */
  readonly messages: Table;
  /** Replies: channel, root, id → message. */
  readonly replies: Table;
  /** Where a reply is: channel, id → root. */
  readonly roots: Table;
  /** channel, seq → id, rev that created it. */
  readonly seqs: Table;
  /** channel, rev → StoredEventBody. */
  readonly events: Table;
  readonly heads: Table;
  /** person, channel → joined, rev. */
  readonly memberships: Table;
  /** person, channel → marker. */
  readonly markers: Table;
  /** person, channel → seq, rev read by sending or joining. */
  readonly ownReads: Table;
  /** person, channel, root → last read reply. */
  readonly threadMarkers: Table;
  /** channel, root, user → nothing more. */
  readonly participants: Table;
  /** channel, message → versions.ts. */
  readonly versions: Table;
  /** channel → seq, rev that everyone has read. */
  readonly readFloors: Table;
  /** person, channel, rev → mention.ts. */
  readonly mentions: Table;
  /** channel, rev → the same. Mentions of all. */
  readonly channelMentions: Table;
  /** channel → id below which all is gone, seq, rev. */
  readonly trims: Table;
  /** channel, object → nothing more: some of its messages have changed since. */
  readonly stale: Table;
  /** channel, hash of the identity → id, root. */
  readonly identities: Table;

  constructor(
    environment: Environment,
    private readonly codec: Codec,
  ) {
    this.messages = environment.table('messages');
    this.replies = environment.table('replies');
    this.roots = environment.table('reply_roots');
    this.seqs = environment.table('seqs');
    this.events = environment.table('events');
    this.heads = environment.table('heads');
    this.memberships = environment.table('memberships');
    this.markers = environment.table('markers');
    this.ownReads = environment.table('own_reads');
    this.threadMarkers = environment.table('thread_markers');
    this.participants = environment.table('participants');
    this.versions = environment.table('versions');
    this.readFloors = environment.table('read_floors');
    this.mentions = environment.table('mentions');
    this.channelMentions = environment.table('channel_mentions');
    this.trims = environment.table('trims');
    this.stale = environment.table('stale_objects');
    this.identities = environment.table('identities');
  }

  encode(message: Message): Buffer {
    return this.codec.encode('Message', message);
  }

  decode(bytes: Buffer): Message {
    return this.codec.decode(bytes).value as Message;
  }

  /** The table and key of a message, by what is known of its thread. */
  place(channel: ChannelId, id: bigint, rootId: string | null): { table: Table; key: Buffer } {
    return rootId === null
      ? { table: this.messages, key: key(of(channel), id) }
      : { table: this.replies, key: key(of(channel), BigInt(rootId), id) };
  }

  /** What is below is read no more. */
  floor(channel: ChannelId): bigint {
    const row = this.trims.committed(key(of(channel)));
    return row ? bigintAt(row, 0) : 0n;
  }

  message(channel: ChannelId, messageId: string): Message | undefined {
    const id = idOf(messageId);
    if (id === undefined || id < this.floor(channel)) return undefined;
    const top = this.messages.committed(key(of(channel), id));
    if (top) return this.decode(top);
    const root = this.roots.committed(key(of(channel), id));
    const reply = root && this.replies.committed(key(of(channel), bigintAt(root, 0), id));
    return reply && this.decode(reply);
  }
}

export function of(channel: ChannelId): string {
  return channelKey(channel.workspace_id, channel.channel_id);
}

/** Keys under a person: NUL ends the person's part, so the channel follows as a text of its own. */
export function ofPerson(person: { workspace_id: string; user_id: string }): string {
  return personKey(person.workspace_id, person.user_id);
}

/** Undefined for what can be no message id. */
export function idOf(messageId: string): bigint | undefined {
  return /^\d{1,19}$/.test(messageId) ? BigInt(messageId) : undefined;
}

export function markerBytes({ epoch, last_read_seq, last_read_rev, since_rev }: ReadMarker): Buffer {
  return key(epoch, last_read_seq, last_read_rev, since_rev);
}

/** Rows of earlier versions end before since_rev. */
export function markerOf(row: Buffer): ReadMarker {
  return {
    epoch: numberAt(row, 0),
    last_read_seq: numberAt(row, 8),
    last_read_rev: numberAt(row, 16),
    since_rev: row.length > 24 ? numberAt(row, 24) : 0,
  };
}

export function identityKey(channel: ChannelId, clientMsgId: string): Buffer {
  return Buffer.concat([key(of(channel)), createHash('sha256').update(clientMsgId).digest().subarray(0, 16)]);
}
