import { key, numberAt } from '../../lmdb/key.ts';
import { mergeMarkers, type RowWrite } from '../port.ts';
import { mentionBytes, mentionOf } from './mention.ts';
import { identityKey, of, ofPerson, type Rows } from './rows.ts';

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
      const merged = known
        ? mergeMarkers(
            { epoch: numberAt(known, 0), last_read_seq: numberAt(known, 8), last_read_rev: numberAt(known, 16) },
            write.marker,
          )
        : write.marker;
      return rows.markers.put(at, key(merged.epoch, merged.last_read_seq, merged.last_read_rev));
    }
    case 'read_floor': {
      const known = rows.readFloors.get(key(of(write)));
      if (!known || numberAt(known, 8) < write.rev) rows.readFloors.put(key(of(write)), key(write.seq, write.rev));
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
  // The count has a row write of its own, which may have come first.
  const reply_count = Math.max(message.reply_count, known.reply_count);
  table.put(at, rows.encode({ ...message, reply_count }));
}
