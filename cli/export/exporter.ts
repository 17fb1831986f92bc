import { compareTs, millisecondsOfTs } from '../../edge/slack/ts.ts';
import type { ChannelRecord } from '../../platform/directory/port.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import type { ChannelType } from '../../schemas/generated/types.ts';
import type { ExportedMessage, ExportRecord } from '../../server/export/records.ts';
import { folderNames, isFolderName } from '../slack-export/folder.ts';
import { type ReplyMention, slackChannel, slackMessage, slackUser } from './slack-records.ts';
import type { Spool } from './spool.ts';
import type { ZipWriter } from './zip-writer.ts';

export interface ExportReport {
  users: number;
  channels: number;
  /** Replies are among them. */
  messages: number;
  replies: number;
  /** One for each person and emoji on a message. */
  reactions: number;
  /** Files of messages, one for each channel and UTC day. */
  days: number;
}

const listOf: { [Type in ChannelType]: string } = {
  public: 'channels.json',
  private: 'groups.json',
  group: 'mpims.json',
  dm: 'dms.json',
};

/**
 * Makes Slack's layout of a workspace's records: lists of people and channels, and a folder for each channel with a file for
 * each UTC day. Held in memory: one channel's messages of one day, the replies of one thread (their authors and ts), and the
 * names of folders.
 */
export class Exporter {
  readonly report: ExportReport = { users: 0, channels: 0, messages: 0, replies: 0, reactions: 0, days: 0 };
  private channel: { id: string; folder: string } | undefined;
  /** A root waits for its replies, which it names. */
  private root: { record: ExportedMessage; replies: ReplyMention[] } | undefined;
  private readonly folders = new Set<string>();

  constructor(
    private readonly zip: ZipWriter,
    private readonly spool: Spool,
    /** Of one person's data: they alone stand in it. */
    private readonly onePerson: boolean,
  ) {}

  /** Error: `unavailable` where the records end before their end. */
  async run(records: AsyncIterable<ExportRecord>, onRoots: (done: number, all: number) => void): Promise<ExportReport> {
    let all = 0;
    let whole = false;
    for await (const record of records) {
      if (record.kind === 'begin') all = record.roots;
      else if (record.kind === 'progress') onRoots(record.roots, all);
      else if (record.kind === 'end') whole = true;
      else await this.take(record);
    }
    if (!whole) throw new MillraceError('unavailable', 'the export ended before it was whole: nothing was written');
    await this.endChannel();
    const lists = ['users.json', ...(this.onePerson ? ['reactions.json'] : []), ...Object.values(listOf)];
    for (const list of lists) {
      const values = await this.spool.take(list);
      if (values.length > 0 || list === 'users.json' || list === 'channels.json')
        await this.zip.add(list, json(values));
    }
    return this.report;
  }

  private async take(record: Exclude<ExportRecord, { kind: 'begin' | 'progress' | 'end' }>): Promise<void> {
    switch (record.kind) {
      case 'user':
        this.report.users++;
        return this.spool.append('users.json', slackUser(record.user));
      case 'channel':
        await this.endChannel();
        this.channel = { id: record.channel.channel_id, folder: this.folderOf(record.channel) };
        this.report.channels++;
        return this.spool.append(listOf[record.channel.type], slackChannel(record.channel, record.members));
      case 'message':
        return this.message(record);
      case 'reaction':
        this.report.reactions += record.emoji.length;
        return this.spool.append('reactions.json', {
          channel: record.channel_id,
          ts: record.ts,
          reactions: record.emoji,
        });
    }
  }

  private async message(record: ExportedMessage): Promise<void> {
    const { message, ts, root } = record;
    if (!message.deleted) {
      this.report.messages++;
      if (root !== null) this.report.replies++;
      if (!this.onePerson) for (const { user_ids } of message.reactions) this.report.reactions += user_ids.length;
    }
    if (root === null) {
      await this.endThread();
      this.root = { record, replies: [] };
      return;
    }
    if (this.root?.record.ts === root.ts) this.root.replies.push({ user: message.user_id, ts });
    await this.write(record, []);
  }

  private async endThread(): Promise<void> {
    const { root } = this;
    this.root = undefined;
    if (root) await this.write(root.record, root.replies);
  }

  private write(record: ExportedMessage, replies: ReplyMention[]): Promise<void> {
    const day = new Date(millisecondsOfTs(record.ts)).toISOString().slice(0, 10);
    return this.spool.append(`day ${day}`, slackMessage(record, replies));
  }

  /** The channel's days go into the zip, each by its ts. */
  private async endChannel(): Promise<void> {
    await this.endThread();
    if (!this.channel) return;
    for (const name of this.spool.named('day ')) {
      const messages = await this.spool.take<{ ts: string }>(name);
      messages.sort((a, b) => compareTs(a.ts, b.ts));
      await this.zip.add(`${this.channel.folder}/${name.slice('day '.length)}.json`, json(messages));
      this.report.days++;
    }
    this.channel = undefined;
  }

  private folderOf({ channel_id, name, type }: ChannelRecord): string {
    const names = folderNames(channel_id, type === 'dm' ? undefined : name);
    // The last one is always a folder's name, and no other channel's.
    const folder = names.find((one) => isFolderName(one) && !this.folders.has(one.toLowerCase())) ?? names.at(-1)!;
    this.folders.add(folder.toLowerCase());
    return folder;
  }
}

/** As Slack prints it, a value at a time. */
function* json(values: unknown[]): Generator<string> {
  if (values.length === 0) return yield '[]';
  for (const [i, value] of values.entries())
    yield `${i === 0 ? '[' : ','}\n${JSON.stringify(value, null, 4).replaceAll(/^/gm, '    ')}`;
  yield '\n]';
}
