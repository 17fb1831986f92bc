import type { OutboxRow } from '../../platform/directory/port.ts';
import { channelKey } from '../../platform/keys.ts';

/** How long the first of a burst waits for the others, in milliseconds: the contract's second. */
const burst_ms = 1000;
/** People in one event: the contract's bound. */
const mostPeople = 1000;

/** What goes to the log as one change, and the outbox's rows that it is made of. */
export interface Sending {
  row: OutboxRow;
  change_ids: number[];
}

/**
 * In a large channel the joinings within a second are one event, and so are the leavings: each event goes to thousands.
 * What nobody waits for stays in the outbox until its second is over, or until something else of the channel follows,
 * for the order stays. Each edge puts together what it finds; the sequencer takes each change once.
 */
export class MemberBursts {
  /** When the first row that waits was seen, by channel: of those in the outbox's next rows alone. */
  private readonly since = new Map<string, number>();

  /** `isFull`: there are more rows than these, so none of them waits. */
  due(
    rows: OutboxRow[],
    isLarge: (row: OutboxRow) => boolean,
    { now, isFull }: { now: number; isFull: boolean },
  ): Sending[] {
    const channels = new Map<string, OutboxRow[]>();
    for (const row of rows) {
      const key = channelKey(row.workspace_id, row.channel_id);
      const others = channels.get(key);
      if (others) others.push(row);
      else channels.set(key, [row]);
    }
    for (const key of this.since.keys()) if (!channels.has(key)) this.since.delete(key);
    const sendings: Sending[] = [];
    for (const [key, list] of channels) {
      const large = isLarge(list[0]!);
      if (large && !isFull && list.every(isQuiet)) {
        const since = this.since.get(key) ?? now;
        this.since.set(key, since);
        if (now - since < burst_ms) continue;
      }
      this.since.delete(key);
      sendings.push(...(large ? runsOf(list) : list.map((row) => [row])).map(together));
    }
    return sendings;
  }
}

/** A change of members whose outcome nobody waits for. */
export function isQuiet({ reply_to, change }: OutboxRow): boolean {
  return reply_to === null && change.change !== 'channel';
}

/** Rows that follow each other and may be one. */
function runsOf(rows: OutboxRow[]): OutboxRow[][] {
  const runs: OutboxRow[][] = [];
  let people = 0;
  for (const row of rows) {
    const last = runs.at(-1);
    people += row.change.user_ids.length;
    if (last && isQuiet(row) && isAlike(last[0]!, row) && people <= mostPeople) last.push(row);
    else {
      runs.push([row]);
      people = row.change.user_ids.length;
    }
  }
  return runs;
}

function isAlike(first: OutboxRow, row: OutboxRow): boolean {
  return isQuiet(first) && first.change.change === row.change.change && first.change.region === row.change.region;
}

function together(run: OutboxRow[]): Sending {
  const change_ids = run.map(({ change }) => change.change_id);
  const [first] = run as [OutboxRow];
  if (run.length === 1) return { row: first, change_ids };
  const { actor_id } = first;
  const change = {
    ...run.at(-1)!.change,
    user_ids: run.flatMap((row) => row.change.user_ids),
    change_ids: run.flatMap(({ change: { change_id, user_ids } }) => user_ids.map(() => change_id)),
  };
  // Who did what stands in the audit log.
  return {
    row: { ...first, actor_id: run.every((row) => row.actor_id === actor_id) ? actor_id : '', change },
    change_ids,
  };
}
