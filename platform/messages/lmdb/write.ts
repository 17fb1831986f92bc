import type { Message } from '../../../schemas/generated/types.ts';
import { bigintAt, key, numberAt } from '../../lmdb/key.ts';
import { objectOf } from '../cold/stub.ts';
import { mergeMarkers } from '../markers.ts';
import type { ChannelId, RowWrite } from '../port.ts';
import { mentionBytes, mentionOf } from './mention.ts';
import { identityKey, markerBytes, markerOf, of, ofPerson, type Rows } from './rows.ts';
import { withoutVersions, withVersion } from './versions.ts';

/** Puts one row, unless what is there is newer. Inside `Environment.write`. */
export function writeRow(rows: Rows, write: RowWrite): void {
  switch (write.kind) {
    case 'message':
      return writeMessage(rows, write);
    case 'reply_count': {
      const { table, key: at } = rows.place(write, BigInt(write.root_id), null);
      const bytes = table.get(at);
      const root = bytes && rows.decode(bytes);
      if (root && root.reply_count < write.reply_count) {
        table.put(at, rows.encode({ ...root, reply_count: write.reply_count }));
      }
      return;
    }
    case 'event':
      return rows.events.put(key(of(write), write.rev), Buffer.from(JSON.stringify(write.event)));
    case 'head': {
      const at = key(of(write));
      const known = rows.heads.get(at);
      if (!known || numberAt(known, 0) < write.head.rev) rows.heads.put(at, key(write.head.rev, write.head.seq));
      return;
    }
    case 'membership': {
      const at = key(ofPerson(write), write.channel_id);
      const known = rows.memberships.get(at);
      if (known && numberAt(known, 0) >= write.rev) return;
      return rows.memberships.put(at, key(write.rev, write.joined ? 1 : 0));
    }
    case 'marker': {
      const at = key(ofPerson(write), write.channel_id);
      const known = rows.markers.get(at);
      return rows.markers.put(at, markerBytes(known ? mergeMarkers(markerOf(known), write.marker) : write.marker));
    }
    case 'own_read': {
      const at = key(ofPerson(write), write.channel_id);
      const known = rows.ownReads.get(at);
      if (!known || numberAt(known, 8) < write.rev) rows.ownReads.put(at, key(write.seq, write.rev));
      return;
    }
    case 'thread_marker': {
      const at = key(ofPerson(write), write.channel_id, BigInt(write.root_id));
      const known = rows.threadMarkers.get(at);
      const id = BigInt(write.last_read_id);
      if (!known || bigintAt(known, 0) < id) rows.threadMarkers.put(at, key(id));
      return;
    }
    case 'participant':
      return rows.participants.put(key(of(write), BigInt(write.root_id), write.user_id), Buffer.alloc(0));
    case 'version': {
      const at = key(of(write), BigInt(write.message_id));
      const { rev, text, time } = write;
      const next = withVersion(rows.versions.get(at), { rev, text, time });
      if (next) rows.versions.put(at, next);
      return;
    }
    case 'versions_gone': {
      const at = key(of(write), BigInt(write.message_id));
      return rows.versions.put(at, withoutVersions(rows.versions.get(at), write.rev));
    }
    case 'read_floor': {
      const known = rows.readFloors.get(key(of(write)));
      if (!known || numberAt(known, 8) < write.rev) rows.readFloors.put(key(of(write)), key(write.seq, write.rev));
      return;
    }
    case 'trim': {
      const { below_id, seq, rev } = write.trim;
      const known = rows.trims.get(key(of(write)));
      if (!known || bigintAt(known, 0) < BigInt(below_id))
        rows.trims.put(key(of(write)), key(BigInt(below_id), seq, rev));
      return;
    }
    case 'mention': {
      const table = write.user_id === null ? rows.channelMentions : rows.mentions;
      const at =
        write.user_id === null
          ? key(of(write), write.rev)
          : key(ofPerson({ workspace_id: write.workspace_id, user_id: write.user_id }), write.channel_id, write.rev);
      const known = table.get(at);
      if (known && mentionOf(known).changed_rev >= write.changed_rev) return;
      return table.put(at, mentionBytes(write));
    }
    case 'identity': {
      const root = write.thread_id === null ? 0n : BigInt(write.thread_id);
      return rows.identities.put(identityKey(write, write.client_msg_id), key(BigInt(write.message_id), root));
    }
  }
}

function writeMessage(rows: Rows, write: RowWrite & { kind: 'message' }): void {
  const { message } = write;
  const id = BigInt(message.message_id);
  const { table, key: at } = rows.place(write, id, message.thread_id);
  const bytes = table.get(at);
  if (!bytes) {
    if (message.thread_id !== null) rows.roots.put(key(of(write), id), key(BigInt(message.thread_id)));
    else rows.seqs.put(key(of(write), message.seq), key(id, message.created_rev));
    return table.put(at, rows.encode(message));
  }
  // A repeat of its creation, by far the most frequent one, needs no look at what is there.
  if (message.rev === message.created_rev) return;
  const known = rows.decode(bytes);
  if (known.rev >= message.rev) return;
  const object = objectOf(known);
  if (object !== undefined) markStale(rows, write, object, message.rev);
  // The count has a row write of its own, which may have come first.
  const reply_count = Math.max(message.reply_count, known.reply_count);
  table.put(at, rows.encode({ ...message, reply_count }));
}

/**
 * A stub instead of the message, where that is at this very rev; its count of replies stays. Where it has changed or gone since its object was
 * made, the object is stale from the start. Inside `Environment.write`.
 */
export function writeStub(rows: Rows, channel: ChannelId, stub: Message): void {
  const { table, key: at } = rows.place(channel, BigInt(stub.message_id), stub.thread_id);
  const bytes = table.get(at);
  const known = bytes && rows.decode(bytes);
  if (known?.rev === stub.rev) table.put(at, rows.encode({ ...stub, reply_count: known.reply_count }));
  else markStale(rows, channel, objectOf(stub)!, known?.rev ?? stub.rev);
}

/** By the last change, so that whoever made the object anew before it does not take its mark away. */
function markStale(rows: Rows, channel: ChannelId, object: string, rev: number): void {
  rows.stale.put(key(of(channel), object), key(rev));
}
