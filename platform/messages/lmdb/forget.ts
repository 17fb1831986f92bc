import type { Person } from '../../directory/person.ts';
import { after, key } from '../../lmdb/key.ts';
import type { ChannelId, StoredEventBody } from '../port.ts';
import { renamed } from '../renamed.ts';
import { mentionBytes, mentionOf } from './mention.ts';
import { of, ofPerson, type Rows } from './rows.ts';

/** Changes in one commit: nobody waits long behind them. */
const atOnce = 500;

type Change = () => void;

/** Removes what lies under a person. Inside `Environment.write`. */
export function forgetPerson(rows: Rows, person: Person): void {
  const prefix = key(ofPerson(person));
  for (const table of [rows.memberships, rows.markers, rows.ownReads, rows.threadMarkers, rows.mentions])
    for (const { key: at } of table.range({ start: prefix, end: after(prefix) })) table.remove(at);
}

/** Changes that take a person out of what lies under a channel; to be made inside `Environment.write`. */
export function* rowsThatName(
  rows: Rows,
  channel: ChannelId,
  userId: string,
  instead: string,
): IterableIterator<Change[]> {
  let changes: Change[] = [];
  for (const change of changesOf(rows, channel, userId, instead)) {
    changes.push(change);
    if (changes.length < atOnce) continue;
    yield changes;
    changes = [];
  }
  if (changes.length > 0) yield changes;
}

function* changesOf(rows: Rows, channel: ChannelId, userId: string, instead: string): IterableIterator<Change> {
  const all = { start: key(of(channel)), end: after(key(of(channel))) };
  const name = Buffer.from(`${userId}\0`);
  for (const { key: at } of rows.participants.range(all)) {
    // channel, root, user: what follows the root is the user.
    if (at.subarray(all.start.length + 8).equals(name)) yield () => rows.participants.remove(at);
  }
  for (const { key: at, value } of rows.channelMentions.range(all)) {
    const mention = mentionOf(value);
    if (mention.author_id === userId)
      yield () => rows.channelMentions.put(at, mentionBytes({ ...mention, author_id: instead }));
  }
  const quoted = JSON.stringify(userId);
  for (const { key: at, value } of rows.events.range(all)) {
    const text = value.toString();
    if (!text.includes(quoted)) continue;
    const event = renamed(JSON.parse(text) as StoredEventBody, userId, instead);
    yield () => rows.events.put(at, Buffer.from(JSON.stringify(event)));
  }
}
