import type { Logger } from 'pino';
import type { Directory, OutboxRow } from '../platform/directory/port.ts';
import { messageOf } from '../platform/errors/error.ts';
import { channelKey } from '../platform/keys.ts';
import type { Append, Log } from '../platform/log/port.ts';

const batchSize = 200;
/** Rows of a crashed process are found by this even when nothing new is changed. */
const idle_ms = 1000;

/**
 * Takes the directory's outbox to the log, in order: appended first, then settled. A crash in between sends rows again,
 * which the sequencer recognises by their change_id.
 */
export class OutboxRelay {
  private stopped = false;
  private wanted = false;
  private wake: (() => void) | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly directory: Directory,
    private readonly log: Log,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.running = this.run();
  }

  /** There is something new. */
  poke(): void {
    this.wanted = true;
    this.wake?.();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wake?.();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      this.wanted = false;
      try {
        const rows = await this.directory.outbox(0, batchSize);
        if (rows.length > 0) {
          await this.log.append(rows.map(commandOf));
          await this.directory.settleOutbox(rows.map((row) => row.change.change_id));
          continue;
        }
      } catch (error) {
        if (this.stopped) return;
        this.logger.warn({ error: messageOf(error) }, 'the outbox waits: the directory or the log does not answer');
      }
      if (!this.wanted) await this.pause();
    }
  }

  private async pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, idle_ms);
      timer.unref();
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = undefined;
  }
}

function commandOf({ workspace_id, channel_id, actor_id, reply_to, trace_id, change }: OutboxRow): Append {
  const value = { workspace_id, channel_id, actor_id, reply_to, trace_id, body: { DirectoryChange: change } };
  return { topic: 'message_commands', key: channelKey(workspace_id, channel_id), schema: 'MessageCommand', value };
}
