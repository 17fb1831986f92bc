import { createHash } from 'node:crypto';
import type { Codec } from '../../schemas/codec.ts';
import type { RowWrite } from '../port.ts';
import {
  eventsInPart,
  identityPartOf,
  markerTimes,
  messageTime,
  partOf,
  revTime,
  rowsInPart,
  sliceOf,
} from './place.ts';
import type { Statement } from './session.ts';

/** A statement and its partition. Partitions of several tables with the same key are written as one. */
export interface Placed extends Statement {
  partition: string;
}

/**
 * The statements of a row, each with the time that lets the newest win. They read nothing, so that they may run in any
 * order and any number of times; rows of a message's bucket are `Buckets`' work.
 */
export function statementsOf(write: RowWrite, codec: Codec, event_ttl_s: number): Placed[] {
  const { workspace_id, channel_id } = write;
  const channel = [workspace_id, channel_id];
  switch (write.kind) {
    case 'message':
      return messageStatements(write, codec);
    case 'reply_count': {
      const id = BigInt(write.root_id);
      return [
        place(
          'INSERT INTO reply_counts (workspace_id, channel_id, slice, root_id, reply_count) VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?',
          [...channel, sliceOf(id)],
          [id, write.reply_count, revTime(write.reply_count)],
        ),
      ];
    }
    case 'event':
      // The same whenever it is written, so the driver's own time does, and their windows are days.
      return [
        place(
          'INSERT INTO events (workspace_id, channel_id, part, rev, event) VALUES (?, ?, ?, ?, ?) USING TTL ?',
          [...channel, Math.floor(write.rev / eventsInPart)],
          [BigInt(write.rev), JSON.stringify(write.event), event_ttl_s],
        ),
      ];
    case 'head':
      return [
        place(
          'INSERT INTO channels (workspace_id, channel_id, rev, seq) VALUES (?, ?, ?, ?) USING TIMESTAMP ?',
          channel,
          [BigInt(write.head.rev), BigInt(write.head.seq), revTime(write.head.rev)],
        ),
      ];
    case 'read_floor':
      return [
        place(
          'INSERT INTO channels (workspace_id, channel_id, floor_rev, floor_seq) VALUES (?, ?, ?, ?) USING TIMESTAMP ?',
          channel,
          [BigInt(write.rev), BigInt(write.seq), revTime(write.rev)],
        ),
      ];
    case 'membership':
      return [
        place(
          'INSERT INTO memberships (workspace_id, user_id, channel_id, joined, rev) VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?',
          [workspace_id, write.user_id],
          [channel_id, write.joined, BigInt(write.rev), revTime(write.rev)],
        ),
      ];
    case 'marker': {
      const { epoch, last_read_seq, last_read_rev, since_rev } = write.marker;
      const times = markerTimes(write.marker);
      return [
        place(
          'INSERT INTO markers (workspace_id, user_id, channel_id, seq_epoch, last_read_seq) VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?',
          [workspace_id, write.user_id],
          [channel_id, BigInt(epoch), BigInt(last_read_seq), times.seq],
        ),
        place(
          'INSERT INTO markers (workspace_id, user_id, channel_id, rev_epoch, last_read_rev) VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?',
          [workspace_id, write.user_id],
          [channel_id, BigInt(epoch), BigInt(last_read_rev), times.rev],
        ),
        place(
          'INSERT INTO markers (workspace_id, user_id, channel_id, since_rev) VALUES (?, ?, ?, ?) USING TIMESTAMP ?',
          [workspace_id, write.user_id],
          [channel_id, BigInt(since_rev), times.since],
        ),
      ];
    }
    case 'own_read':
      return [
        place(
          'INSERT INTO markers (workspace_id, user_id, channel_id, own_seq, own_rev) VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?',
          [workspace_id, write.user_id],
          [channel_id, BigInt(write.seq), BigInt(write.rev), revTime(write.rev)],
        ),
      ];
    case 'thread_marker': {
      const id = BigInt(write.last_read_id);
      return [
        place(
          'INSERT INTO thread_markers (workspace_id, user_id, channel_id, root_id, last_read_id) VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?',
          [workspace_id, write.user_id],
          [channel_id, BigInt(write.root_id), id, id],
        ),
      ];
    }
    case 'participant':
      return [
        place(
          'INSERT INTO participants (workspace_id, channel_id, root_id, user_id) VALUES (?, ?, ?, ?)',
          [...channel, BigInt(write.root_id)],
          [write.user_id],
        ),
      ];
    case 'version':
      return [
        place(
          'INSERT INTO versions (workspace_id, channel_id, message_id, rev, text, time) VALUES (?, ?, ?, ?, ?, ?) USING TIMESTAMP ?',
          [...channel, BigInt(write.message_id)],
          [BigInt(write.rev), write.text, BigInt(write.time), revTime(write.rev)],
        ),
      ];
    case 'versions_gone':
      return [
        {
          query: 'DELETE FROM versions USING TIMESTAMP ? WHERE workspace_id = ? AND channel_id = ? AND message_id = ?',
          params: [revTime(write.rev), ...channel, BigInt(write.message_id)],
          partition: [...channel, write.message_id].join('\0'),
        },
      ];
    case 'trim': {
      const id = BigInt(write.trim.below_id);
      return [
        place(
          'INSERT INTO channels (workspace_id, channel_id, trim_id, trim_seq, trim_rev) VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?',
          channel,
          [id, BigInt(write.trim.seq), BigInt(write.trim.rev), id],
        ),
      ];
    }
    case 'mention':
      if (write.user_id === null) {
        return [
          place(
            'INSERT INTO channel_mentions (workspace_id, channel_id, rev, author_id, alive) VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?',
            channel,
            [BigInt(write.rev), write.author_id, write.alive, revTime(write.changed_rev)],
          ),
        ];
      }
      return [
        place(
          'INSERT INTO mentions (workspace_id, user_id, channel_id, rev, alive) VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?',
          [workspace_id, write.user_id],
          [channel_id, BigInt(write.rev), write.alive, revTime(write.changed_rev)],
        ),
      ];
    case 'identity': {
      const hash = hashOf(write.client_msg_id);
      return [
        place(
          'INSERT INTO identities (workspace_id, channel_id, part, hash, message_id, root_id) VALUES (?, ?, ?, ?, ?, ?)',
          [...channel, identityPartOf(hash)],
          // Undefined is left out, where null would leave a tombstone.
          [hash, BigInt(write.message_id), write.thread_id === null ? undefined : BigInt(write.thread_id)],
        ),
      ];
    }
  }
}

function messageStatements(write: RowWrite & { kind: 'message' }, codec: Codec): Placed[] {
  const { message } = write;
  const channel = [write.workspace_id, write.channel_id];
  const id = BigInt(message.message_id);
  const slice = sliceOf(id);
  const body = codec.encode('Message', message);
  const created = message.rev === message.created_rev;
  if (message.thread_id !== null) {
    const root = BigInt(message.thread_id);
    const reply = place(
      'INSERT INTO replies (workspace_id, channel_id, root_id, message_id, body) VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?',
      [...channel, root],
      [id, body, messageTime(message)],
    );
    if (!created) return [reply];
    return [
      reply,
      place(
        'INSERT INTO reply_roots (workspace_id, channel_id, slice, message_id, root_id) VALUES (?, ?, ?, ?, ?)',
        [...channel, slice],
        [id, root],
      ),
    ];
  }
  const row = place(
    'INSERT INTO messages (workspace_id, channel_id, slice, part, message_id, body) VALUES (?, ?, ?, ?, ?, ?) USING TIMESTAMP ?',
    [...channel, slice, partOf(message)],
    [id, body, messageTime(message)],
  );
  if (!created) return [row];
  return [
    row,
    place(
      'INSERT INTO seqs (workspace_id, channel_id, part, seq, created_rev) VALUES (?, ?, ?, ?, ?)',
      [...channel, Math.floor(message.seq / rowsInPart)],
      [BigInt(message.seq), BigInt(message.created_rev)],
    ),
  ];
}

export function hashOf(clientMsgId: string): Buffer {
  return createHash('sha256').update(clientMsgId).digest().subarray(0, 16);
}

function place(query: string, partition: (string | number | bigint)[], rest: unknown[]): Placed {
  return { query, params: [...partition, ...rest], partition: partition.join('\0') };
}
