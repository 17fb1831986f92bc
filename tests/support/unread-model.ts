import type { Message } from '../../client/wire.ts';

/** The people of the one group. */
export const grouped: readonly string[] = ['bob', 'carol'];

interface Kept {
  author: string;
  seq: number;
  created_rev: number;
  reply: boolean;
  deleted: boolean;
  /** Whom it mentions (`*`: all; behind a `~`: as one of a group), each since the rev that first did. */
  mentions: Map<string, number>;
}

/** What a person has of a channel. */
export interface Counts {
  last_read_seq: number;
  unread: number;
  mentions: number;
}

/** The naive model of one channel's unread counts: everything is kept, and counted anew each time it is asked. */
export class UnreadModel {
  private readonly messages = new Map<string, Kept>();
  private readonly read = new Map<string, { seq: number; rev: number }>();
  private seq = 0;

  /** Revs are the channel's own, as the answers tell them. */
  private at(person: string): { seq: number; rev: number } {
    return this.read.get(person) ?? { seq: 0, rev: 0 };
  }

  private reads(person: string, seq: number, rev: number): void {
    const now = this.at(person);
    this.read.set(person, { seq: Math.max(now.seq, seq), rev: Math.max(now.rev, rev) });
  }

  joined(person: string, rev: number): void {
    this.reads(person, this.seq, rev);
  }

  sent(message: Message): void {
    const reply = message.thread_id !== null;
    this.messages.set(message.message_id, {
      author: message.user_id,
      seq: message.seq,
      created_rev: message.rev,
      reply,
      deleted: false,
      mentions: new Map(),
    });
    this.mentioned(message);
    if (reply) return;
    this.seq = message.seq;
    this.reads(message.user_id, message.seq, message.rev);
  }

  edited(message: Message): void {
    this.mentioned(message);
  }

  deleted(messageId: string): void {
    const message = this.messages.get(messageId)!;
    message.deleted = true;
    message.mentions.clear();
  }

  readTo(person: string, seq: number, headRev: number): void {
    const reached = Math.min(seq, this.seq);
    this.reads(person, reached, reached === this.seq ? headRev : this.createdRev(reached + 1) - 1);
  }

  unreadFrom(person: string, seq: number): void {
    this.read.set(person, { seq: seq - 1, rev: this.createdRev(seq) - 1 });
  }

  counts(person: string): Counts {
    const { seq, rev } = this.at(person);
    const revs = new Set<number>();
    for (const { author, mentions } of this.messages.values()) {
      if (author === person) continue;
      for (const who of [person, '*', `~${person}`]) {
        const since = mentions.get(who);
        if (since !== undefined && since > rev) revs.add(since);
      }
    }
    return { last_read_seq: seq, unread: this.seq - seq, mentions: revs.size };
  }

  /** Ids of messages that are there, in their order. */
  get ids(): string[] {
    return [...this.messages].filter(([, { deleted }]) => !deleted).map(([id]) => id);
  }

  get topLevel(): number {
    return this.seq;
  }

  authorOf(id: string): string {
    return this.messages.get(id)!.author;
  }

  private createdRev(seq: number): number {
    return [...this.messages.values()].find((message) => !message.reply && message.seq === seq)!.created_rev;
  }

  private mentioned({ message_id, mentions, text, rev }: Message): void {
    const kept = this.messages.get(message_id)!;
    const now = new Set([
      ...mentions,
      ...(text.includes('<!channel>') ? ['*'] : []),
      ...(text.includes('<!group:g>') ? grouped.map((who) => `~${who}`) : []),
    ]);
    for (const who of [...kept.mentions.keys()]) if (!now.has(who)) kept.mentions.delete(who);
    for (const who of now) if (!kept.mentions.has(who)) kept.mentions.set(who, rev);
  }
}
