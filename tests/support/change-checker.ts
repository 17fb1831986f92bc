import type { ChannelHistory, Kept } from './history.ts';

/** What a client was last told of a message of its own that it changed; only it changes that. */
export interface LastWord {
  channel: string;
  message_id: string;
  user_id: string;
  /** Null: deleted. */
  text: string | null;
  rev: number;
  /** Own reactions: whether each is there. */
  reactions: { [emoji: string]: boolean };
}

/** A record of message_events. */
export interface Recorded {
  channel: string;
  rev: number;
  /** The whole value, to compare. */
  value: string;
  /** Of a record that changes a message. */
  message: Pick<Kept, 'message_id' | 'text' | 'deleted'> | undefined;
}

export interface Indexed {
  channel: string;
  message_id: string;
  rev: number;
  text: string;
  deleted: boolean;
}

/** Acknowledged edits, deletions and reactions that were lost or reverted. */
export function ofChanges({ channel, messages, replies }: ChannelHistory, lastWords: LastWord[]): string[] {
  const kept = new Map([...messages, ...replies].map((message) => [message.message_id, message]));
  return lastWords
    .filter((word) => word.channel === channel)
    .flatMap((word): string[] => {
      const message = kept.get(word.message_id);
      // That it is lost is told of what was acknowledged when it was sent.
      if (!message) return [];
      const found: string[] = [];
      const told = `${channel}: ${word.message_id}`;
      if (message.rev < word.rev) found.push(`${told} is at rev ${message.rev}, and ${word.rev} was acknowledged`);
      if (message.deleted !== (word.text === null))
        found.push(`${told} is ${message.deleted ? '' : 'not '}deleted, against what was acknowledged`);
      else if (message.text !== (word.text ?? ''))
        found.push(`${told} reads "${message.text}", and "${word.text}" was acknowledged`);
      for (const [emoji, there] of Object.entries(word.text === null ? {} : word.reactions)) {
        const is = message.reactions[emoji]?.includes(word.user_id) ?? false;
        if (is !== there) found.push(`${told}: ${emoji} of ${word.user_id} is ${is ? '' : 'not '}there`);
      }
      return found;
    });
}

/** Revs of a channel that two different events claim, that are missing, or whose last word is not what is read. */
export function ofRecords({ channel, head, messages, replies }: ChannelHistory, records: Recorded[]): string[] {
  const found: string[] = [];
  const byRev = new Map<number, Recorded>();
  for (const record of records.filter((one) => one.channel === channel)) {
    const other = byRev.get(record.rev);
    // The same bytes again are what a process that woke up writes, and known to every reader.
    if (other && other.value !== record.value) found.push(`${channel}: rev ${record.rev} lies there as two events`);
    byRev.set(record.rev, record);
  }
  for (let rev = 1; rev <= head.rev; rev++) if (!byRev.has(rev)) found.push(`${channel}: no record has rev ${rev}`);
  for (const rev of byRev.keys()) if (rev > head.rev) found.push(`${channel}: rev ${rev} lies above the head`);
  const last = new Map<string, Recorded['message']>();
  for (let rev = 1; rev <= head.rev; rev++) {
    const { message } = byRev.get(rev) ?? {};
    if (message) last.set(message.message_id, message);
  }
  for (const { message_id, text, deleted } of [...messages, ...replies]) {
    const said = last.get(message_id);
    if (said?.text !== text || said.deleted !== deleted)
      found.push(`${channel}: ${message_id} reads "${text}", and its last event "${said?.text}"`);
  }
  return found;
}

/** Messages that the search index has not, or has as they were before. */
export function ofDocuments({ channel, messages, replies }: ChannelHistory, documents: Indexed[]): string[] {
  const known = new Map(documents.filter((one) => one.channel === channel).map((one) => [one.message_id, one]));
  return [...messages, ...replies].flatMap(({ message_id, text, deleted, rev }) => {
    const document = known.get(message_id);
    if (!document) return deleted ? [] : [`${channel}: ${message_id} is not in the index`];
    if (document.rev > rev) return [`${channel}: ${message_id} is at rev ${rev}, and indexed at ${document.rev}`];
    return document.text === text && document.deleted === deleted
      ? []
      : [`${channel}: ${message_id} reads "${text}", and "${document.text}" is indexed`];
  });
}
