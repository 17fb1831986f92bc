import type { Message } from '../../../schemas/generated/types.ts';
import { after, key } from '../../lmdb/key.ts';
import type { ChannelId, HistoryRequest } from '../port.ts';
import { idOf, of, type Rows } from './rows.ts';

/** A page of top-level messages, oldest first. A bound that can be no id is beyond every message. */
export function readHistory(
  rows: Rows,
  channel: ChannelId,
  request: HistoryRequest,
): { messages: Message[]; has_more_before: boolean; has_more_after: boolean } {
  const floor = rows.floor(channel);
  const first = key(of(channel), floor);
  const end = after(key(of(channel)));

  /** Up to `limit` messages older than `bound`, and whether there are more. */
  function older(bound: Buffer, limit: number): { messages: Message[]; more: boolean } {
    const found = Array.from(rows.messages.range({ start: first, end: bound, reverse: true, limit: limit + 1 }));
    const messages = found.slice(0, limit).map(({ value }) => rows.decode(value));
    return { messages: messages.reverse(), more: found.length > limit };
  }

  /** Up to `limit` messages from `start` on. */
  function newer(start: Buffer, limit: number): { messages: Message[]; more: boolean } {
    const found = Array.from(rows.messages.range({ start, end, limit: limit + 1 }));
    return { messages: found.slice(0, limit).map(({ value }) => rows.decode(value)), more: found.length > limit };
  }

  const exists = (start: Buffer, to: Buffer): boolean => rows.messages.first({ start, end: to }) !== undefined;
  const at = (id: string, plus = 0n): Buffer => {
    const bound = (idOf(id) ?? 2n ** 63n) + plus;
    return key(of(channel), bound < floor ? floor : bound);
  };

  if ('before' in request) {
    const { messages, more } = older(at(request.before), request.limit);
    return { messages, has_more_before: more, has_more_after: exists(at(request.before), end) };
  }
  if ('after' in request) {
    const { messages, more } = newer(at(request.after, 1n), request.limit);
    return { messages, has_more_before: exists(first, at(request.after, 1n)), has_more_after: more };
  }
  if ('around' in request) {
    const half = older(at(request.around), Math.floor(request.limit / 2));
    const rest = newer(at(request.around), request.limit - half.messages.length);
    const left = request.limit - rest.messages.length;
    const before = half.more && left > half.messages.length ? older(at(request.around), left) : half;
    return {
      messages: [...before.messages, ...rest.messages],
      has_more_before: before.more,
      has_more_after: rest.more,
    };
  }
  const { messages, more } = older(end, request.limit);
  return { messages, has_more_before: more, has_more_after: false };
}
