import { type Indexed, type LastWord, ofChanges, ofDocuments, ofRecords, type Recorded } from './change-checker.ts';
import type { ChannelHistory } from './history.ts';

/** An event as one client took it. */
export interface Seen {
  rev: number;
  kind: string;
  message_id?: string;
}

/** What one client took of a channel, in its order, from the rev on at which it began (exclusive). */
export interface View {
  client: string;
  channel: string;
  from: number;
  seen: Seen[];
}

export interface Acknowledged {
  channel: string;
  user_id: string;
  client_msg_id: string;
  message_id: string;
}

export interface Standing {
  user_id: string;
  channel: string;
  last_seq: number;
  last_read_seq: number;
  unread: number;
  /** The furthest that the person's own sends and acknowledged reads have come. */
  read_to: number;
}

export interface Observed {
  histories: ChannelHistory[];
  views: View[];
  acknowledged: Acknowledged[];
  standings: Standing[];
  lastWords: LastWord[];
  /** What lies on the engines, where the test can look. */
  records?: Recorded[];
  documents?: Indexed[];
}

/** What the contract promises and the observations break, in words; empty where all holds. */
export function violations(observed: Observed): string[] {
  const { histories, views, acknowledged, standings, lastWords, records, documents } = observed;
  return [
    ...histories.flatMap(ofHistory),
    ...histories.flatMap((history) =>
      ofAcknowledged(
        history,
        acknowledged.filter(({ channel }) => channel === history.channel),
      ),
    ),
    ...histories.flatMap((history) =>
      ofViews(
        history,
        views.filter(({ channel }) => channel === history.channel),
      ),
    ),
    ...histories.flatMap((history) => ofChanges(history, lastWords)),
    ...histories.flatMap((history) => (records ? ofRecords(history, records) : [])),
    ...histories.flatMap((history) => (documents ? ofDocuments(history, documents) : [])),
    ...standings.flatMap((standing) => ofStanding(standing, histories)),
  ];
}

function ofHistory({ channel, head, messages, replies }: ChannelHistory): string[] {
  const found: string[] = [];
  messages.forEach(({ seq, message_id }, i) => {
    if (seq !== i + 1) found.push(`${channel}: message ${message_id} has seq ${seq}, not ${i + 1}`);
    const before = messages[i - 1];
    if (before && BigInt(before.message_id) >= BigInt(message_id))
      found.push(`${channel}: id ${message_id} is not above ${before.message_id}, the one before it`);
  });
  if (head.seq !== messages.length)
    found.push(`${channel}: the head's seq is ${head.seq}, with ${messages.length} messages`);
  const known = new Map<string, string>();
  for (const { user_id, client_msg_id, message_id } of [...messages, ...replies]) {
    const key = `${user_id} ${client_msg_id}`;
    const other = known.get(key);
    if (other) found.push(`${channel}: ${key} is there twice, as ${other} and ${message_id}`);
    known.set(key, message_id);
  }
  const seqs = new Map(messages.map(({ message_id, seq }) => [message_id, seq]));
  for (const { message_id, thread_id, seq } of replies) {
    if (seqs.get(thread_id ?? '') !== seq) found.push(`${channel}: reply ${message_id} has not its root's seq`);
  }
  return found;
}

function ofAcknowledged({ channel, messages, replies }: ChannelHistory, acknowledged: Acknowledged[]): string[] {
  const kept = new Map([...messages, ...replies].map((message) => [message.message_id, message]));
  return acknowledged.flatMap(({ user_id, client_msg_id, message_id }) => {
    const message = kept.get(message_id);
    if (!message) return [`${channel}: ${user_id} ${client_msg_id} was acknowledged as ${message_id} and is lost`];
    const same = message.user_id === user_id && message.client_msg_id === client_msg_id;
    return same ? [] : [`${channel}: ${message_id} was acknowledged for ${client_msg_id} and is another message`];
  });
}

function ofViews({ channel, silent, head, messages, replies }: ChannelHistory, views: View[]): string[] {
  const found: string[] = [];
  const agreed = new Map<number, { text: string; client: string }>();
  const created = new Set<string>();
  for (const { client, from, seen } of views) {
    let next = from + 1;
    for (const event of seen) {
      if (event.rev !== next) {
        const fault = event.rev < next ? 'saw again or out of order' : `missed ${next}, before`;
        found.push(`${channel}: ${client} ${fault} rev ${event.rev}`);
      }
      next = Math.max(next, event.rev + 1);
      const text = `${event.kind} ${event.message_id ?? ''}`;
      const other = agreed.get(event.rev);
      if (other && other.text !== text)
        found.push(`${channel}: rev ${event.rev} is ${text} to ${client} and ${other.text} to ${other.client}`);
      agreed.set(event.rev, { text, client });
      if (event.kind === 'message.created') created.add(event.message_id!);
    }
    if (next !== head.rev + 1) found.push(`${channel}: ${client} came to rev ${next - 1}, the head is at ${head.rev}`);
  }
  // Where someone listened from the beginning, history and events must tell of the same messages in one order.
  if (!views.some(({ from }) => from <= silent)) return found;
  const kept = new Set([...messages, ...replies].map(({ message_id }) => message_id));
  for (const id of created) if (!kept.has(id)) found.push(`${channel}: ${id} was heard and is not in the history`);
  for (const id of kept) if (!created.has(id)) found.push(`${channel}: ${id} is in the history and was never heard`);
  const heard = [...agreed.entries()].sort(([a], [b]) => a - b).map(([, { text }]) => text);
  const order = heard.filter((text) => text.startsWith('message.created ')).map((text) => BigInt(text.split(' ')[1]!));
  order.forEach((id, i) => {
    if (i > 0 && order[i - 1]! >= id) found.push(`${channel}: ids do not grow with rev: ${order[i - 1]}, then ${id}`);
  });
  return found;
}

function ofStanding(standing: Standing, histories: ChannelHistory[]): string[] {
  const { user_id, channel, last_seq, last_read_seq, unread, read_to } = standing;
  const head = histories.find((history) => history.channel === channel)?.head;
  const found: string[] = [];
  if (last_seq !== head?.seq) found.push(`${channel}: ${user_id} is told of ${last_seq}, the head is ${head?.seq}`);
  if (unread !== last_seq - last_read_seq)
    found.push(`${channel}: ${user_id} has ${unread} unread of ${last_seq} with ${last_read_seq} read`);
  if (last_read_seq !== read_to) found.push(`${channel}: ${user_id} has read to ${last_read_seq}, not ${read_to}`);
  return found;
}
