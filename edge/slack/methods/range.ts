import type { ChannelId } from '../../../platform/messages/port.ts';
import { SlackError } from '../errors.ts';
import type { SlackCall } from '../method.ts';
import { compareTs, firstIdAt, isTs, millisecondsOfTs } from '../ts.ts';

/** The part of a channel that `oldest` and `latest` name. */
export interface Range {
  /** Ids above it. */
  after: bigint;
  /** Ids below it; undefined: up to the newest. */
  before: bigint | undefined;
  /** Whether a ts lies within, where it is of the very millisecond of a bound that no message has. */
  holds(ts: string): boolean;
}

/**
 * A bound that is a message's ts stands where the message does, in the channel's order; any other stands at its time.
 * Errors: `invalid_ts_oldest`, `invalid_ts_latest`.
 */
export async function rangeOf({ args, times }: SlackCall, channel: ChannelId): Promise<Range> {
  const [oldest, latest] = [args.text('oldest'), args.text('latest')];
  if (oldest !== undefined && !isTs(oldest)) throw new SlackError('invalid_ts_oldest', 'oldest: must be a ts');
  if (latest !== undefined && !isTs(latest)) throw new SlackError('invalid_ts_latest', 'latest: must be a ts');
  const inclusive = args.flag('inclusive') ? 1n : 0n;
  const idOf = async (ts: string | undefined): Promise<bigint | undefined> => {
    const message = ts === undefined ? undefined : await times.find(channel, ts);
    return message && BigInt(message.message_id);
  };
  const [first, last] = await Promise.all([idOf(oldest), idOf(latest)]);
  const after =
    oldest === undefined
      ? 0n
      : first === undefined
        ? atLeast0(firstIdAt(millisecondsOfTs(oldest)) - 1n)
        : first - inclusive;
  const before =
    latest === undefined ? undefined : last === undefined ? firstIdAt(millisecondsOfTs(latest) + 1) : last + inclusive;
  const sameMoment = (ts: string, bound: string): boolean => millisecondsOfTs(ts) === millisecondsOfTs(bound);
  return {
    after,
    before,
    holds: (ts) =>
      !(oldest !== undefined && first === undefined && sameMoment(ts, oldest) && compareTs(ts, oldest) < 0) &&
      !(latest !== undefined && last === undefined && sameMoment(ts, latest) && compareTs(ts, latest) > 0),
  };
}

/** The id that a cursor holds. Error: `invalid_cursor`. */
export function idAt(cursor: string | undefined): bigint | undefined {
  if (cursor === undefined) return undefined;
  if (!/^\d{1,19}$/.test(cursor)) throw new SlackError('invalid_cursor', 'cursor: is none that this call gave');
  return BigInt(cursor);
}

function atLeast0(id: bigint): bigint {
  return id < 0n ? 0n : id;
}
