import { Value } from '@sinclair/typebox/value';
import type { Role } from '../../platform/directory/port.ts';
import { Archive, type ArchiveBounds, archiveBounds } from './archive.ts';
import { readChannels, type SlackChannel } from './channel.ts';
import { invalid } from './invalid.ts';
import { importedMessage, millisecondsOf, type SlackMessage } from './message.ts';
import { listIn, type SlackMessageRecord, SlackMessageShape, SlackUserShape, shaped } from './shapes.ts';

interface SlackUser {
  user_id: string;
  name: string;
  real_name: string;
  email: string | null;
  deleted: boolean;
  role: Role;
}

/**
 * Slack's export, read from its zip: people and channels at once, messages one day's file at a time. Errors:
 * `export_invalid`, which names the file inside the zip and the way out.
 */
export class SlackExport {
  /** How many messages were left out so far, by reason: Slack's subtype, `no_text`, `no_author`, `malformed`, `repeated`. */
  readonly skipped = new Map<string, number>();
  private readonly known: Set<string>;

  private constructor(
    private readonly archive: Archive,
    readonly users: SlackUser[],
    readonly channels: SlackChannel[],
    /** Folders with messages that no channel list names: they are not read. */
    readonly unlisted: string[],
  ) {
    this.known = new Set(users.map((user) => user.user_id));
  }

  static async open(file: string, bounds: ArchiveBounds = archiveBounds): Promise<SlackExport> {
    const archive = await Archive.open(file, bounds);
    try {
      const root = rootOf(file, archive);
      const users = await readUsers(archive, `${root}users.json`);
      const { channels, unlisted } = await readChannels(archive, root);
      return new SlackExport(archive, users, channels, unlisted);
    } catch (error) {
      archive.close();
      throw error;
    }
  }

  /**
   * A channel's messages by time. Held in memory: one day, and a number (some 40 bytes) for each message read,
   * to tell which replies have their root.
   */
  async *messages(channel: SlackChannel): AsyncGenerator<SlackMessage> {
    const seen = new Set<number | string>();
    for (const file of channel.files) {
      for (const slack of this.sorted(listIn(file, await this.archive.json(file)))) {
        const key = keyOf(slack.ts);
        if (seen.has(key)) {
          this.skip('repeated');
          continue;
        }
        const message = importedMessage(channel.channel_id, slack, (id) => this.known.has(id));
        if (typeof message === 'string') {
          this.skip(message);
          continue;
        }
        seen.add(key);
        yield { ...message, root_missing: message.thread_ts !== null && !seen.has(keyOf(message.thread_ts)) };
      }
    }
  }

  close(): void {
    this.archive.close();
  }

  private sorted(values: unknown[]): SlackMessageRecord[] {
    const messages: SlackMessageRecord[] = [];
    for (const value of values) {
      if (Value.Check(SlackMessageShape, value)) messages.push(value);
      else this.skip('malformed');
    }
    return messages.sort((a, b) => microseconds(a.ts) - microseconds(b.ts) || more(a.ts) - more(b.ts));
  }

  private skip(reason: string): void {
    // What a strange export could make many of is counted together.
    const known = this.skipped.has(reason) || this.skipped.size < 100;
    const counted = known ? reason : 'other';
    this.skipped.set(counted, (this.skipped.get(counted) ?? 0) + 1);
  }
}

/** Some tools pack the export inside one folder. */
function rootOf(file: string, archive: Archive): string {
  if (archive.has('users.json')) return '';
  for (const name of archive.names()) {
    if (/^[^/]+\/users\.json$/.test(name)) return name.slice(0, -'users.json'.length);
  }
  throw invalid(file, 'holds no users.json', 'give the zip file that Slack has made');
}

async function readUsers(archive: Archive, file: string): Promise<SlackUser[]> {
  return listIn(file, await archive.json(file)).map((value) => {
    const slack = shaped(SlackUserShape, file, value);
    const name = slack.name || slack.id;
    return {
      user_id: slack.id,
      name,
      real_name: slack.profile?.real_name || slack.real_name || name,
      email: slack.profile?.email || null,
      deleted: slack.deleted ?? false,
      role: slack.is_owner ? 'owner' : slack.is_admin ? 'admin' : slack.is_restricted ? 'guest' : 'member',
    };
  });
}

/** A ts as a whole number (exact until the year 2255). */
function microseconds(ts: string): number {
  return millisecondsOf(ts) * 1_000 + Number((ts.split('.')[1] ?? '').padEnd(6, '0').slice(3, 6));
}

/** The decimals behind the sixth, which only our own exports have; a ts without them comes first. */
function more(ts: string): number {
  return isPlain(ts) ? -1 : Number(ts.split('.')[1]!.slice(6).padEnd(4, '0'));
}

function isPlain(ts: string): boolean {
  return (ts.split('.')[1] ?? '').length <= 6;
}

/** Tells one ts from all others, in as little memory as may be. */
function keyOf(ts: string): number | string {
  return isPlain(ts) ? microseconds(ts) : ts;
}
