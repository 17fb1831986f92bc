import type { ImportItem, ImportResult } from '../../edge/calls/import-items.ts';
import type { SlackChannel } from '../slack-export/channel.ts';
import type { SlackExport } from '../slack-export/export.ts';
import type { SlackMessage } from '../slack-export/message.ts';

export interface ImportReport {
  users: Counts;
  channels: Counts;
  messages: Counts;
  /** Replies whose root the export lacks: they are imported as messages of their own. */
  without_root: number;
  /** Left out of the export's messages, by reason. */
  skipped: { [reason: string]: number };
  /** The first few failures, for a look. */
  failures: { item: string; code: string; detail: string }[];
}

interface Counts {
  created: number;
  exists: number;
  failed: number;
}

const mostItems = 500;
/** Below the edge's bound on bodies. */
const mostBytes = 2 * 1024 * 1024;
const shownFailures = 20;

/** Takes a Slack export through `POST /v1/imports`, in order: people, channels, then each channel's messages by time. */
export class Importer {
  readonly report: ImportReport = {
    users: { created: 0, exists: 0, failed: 0 },
    channels: { created: 0, exists: 0, failed: 0 },
    messages: { created: 0, exists: 0, failed: 0 },
    without_root: 0,
    skipped: {},
    failures: [],
  };
  private batch: ImportItem[] = [];
  private bytes = 0;
  private readonly people: Set<string>;

  constructor(
    private readonly slack: SlackExport,
    private readonly post: (items: ImportItem[]) => Promise<ImportResult[]>,
    /** Stands in where a channel has no creator whom the export knows. */
    private readonly importerId: string,
    private readonly onProgress: (messages: number) => void,
  ) {
    this.people = new Set(slack.users.map((user) => user.user_id));
  }

  async run(): Promise<ImportReport> {
    for (const user of this.slack.users) {
      const email = user.email ?? undefined;
      const name = user.real_name || user.name;
      const deactivated = user.deleted || undefined;
      await this.add({ type: 'user', user_id: user.user_id, name, email, role: user.role, deactivated });
    }
    for (const channel of this.slack.channels) await this.channel(channel);
    await this.flush();
    this.report.skipped = Object.fromEntries(this.slack.skipped);
    return this.report;
  }

  private async channel(channel: SlackChannel): Promise<void> {
    const members = channel.members.filter((user) => this.people.has(user));
    const known = channel.creator !== null && this.people.has(channel.creator) ? channel.creator : members[0];
    await this.add({
      type: 'channel',
      channel_id: channel.channel_id,
      name: channel.name || channel.channel_id,
      channel_type: channel.type,
      topic: channel.topic || undefined,
      archived: channel.archived || undefined,
      posting: channel.posting === 'everyone' ? undefined : channel.posting,
      creator_id: known ?? this.importerId,
      members,
      created_at: new Date(channel.created).toISOString(),
    });
    for await (const message of this.slack.messages(channel)) await this.message(message);
  }

  private async message(message: SlackMessage): Promise<void> {
    if (!this.people.has(message.user_id)) {
      // A bot, or someone who left before the export: the message itself tells the name.
      this.people.add(message.user_id);
      await this.add({ type: 'user', user_id: message.user_id, name: message.author_name ?? message.user_id });
    }
    if (message.root_missing) this.report.without_root++;
    await this.add({
      type: 'message',
      channel_id: message.channel_id,
      user_id: message.user_id,
      text: message.text,
      client_msg_id: message.client_msg_id,
      thread_client_msg_id: message.root_missing ? null : message.thread_client_msg_id,
      created_at: new Date(message.created_at).toISOString(),
      edited_at: message.edited_at === null ? undefined : new Date(message.edited_at).toISOString(),
      reactions: message.reactions.length > 0 ? message.reactions : undefined,
    });
  }

  private async add(item: ImportItem): Promise<void> {
    const bytes = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (this.batch.length >= mostItems || this.bytes + bytes > mostBytes) await this.flush();
    this.batch.push(item);
    this.bytes += bytes;
  }

  private async flush(): Promise<void> {
    if (this.batch.length === 0) return;
    const items = this.batch;
    this.batch = [];
    this.bytes = 0;
    const results = await this.post(items);
    for (const [i, item] of items.entries()) this.count(item, results[i]!);
    const { created, exists, failed } = this.report.messages;
    this.onProgress(created + exists + failed);
  }

  private count(item: ImportItem, result: ImportResult): void {
    this.report[`${item.type}s`][result.status]++;
    if (result.status !== 'failed' || this.report.failures.length >= shownFailures) return;
    const name = item.type === 'message' ? item.client_msg_id : item.type === 'user' ? item.user_id : item.channel_id;
    this.report.failures.push({ item: `${item.type} ${name}`, code: result.code ?? '', detail: result.detail ?? '' });
  }
}
