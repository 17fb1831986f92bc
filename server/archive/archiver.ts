import type { Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import type { Settings } from '../../config/settings.ts';
import { MillraceError, messageOf } from '../../platform/errors/error.ts';
import { type Archived, archive } from '../../platform/messages/cold/archive.ts';
import { renewStale } from '../../platform/messages/cold/renew.ts';
import type { TieredMessages } from '../../platform/messages/cold/tiered.ts';
import type { Objects } from '../../platform/objects/port.ts';
import type { Codec } from '../../platform/schemas/codec.ts';
import type { Engines } from '../engines/engines.ts';

export interface ArchiverParts {
  messages: TieredMessages;
  objects: Objects;
  codec: Codec;
}

const day_ms = 24 * 3_600_000;
/** How often what has become old is looked for, and how soon after a start. */
const every_ms = 6 * 3_600_000;
const first_ms = 60_000;
/** Fewer messages of a channel wait: a small object for each look would cost more than the rows. */
const least = 200;

/** Moves what is old into objects, by itself and for operators. Of several processes one leads. */
export class Archiver {
  private running = false;
  private readonly stopped = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private underWay: Promise<void> = Promise.resolve();
  private readonly moved: Counter;

  constructor(
    private readonly parts: ArchiverParts,
    private readonly leads: () => boolean,
    registry: Registry,
    private readonly logger: Logger,
  ) {
    const registers = [registry];
    this.moved = new Counter({
      name: 'millrace_archived_messages_total',
      help: 'Messages moved into objects.',
      registers,
    });
    const { counts } = parts.messages;
    for (const [name, help, count] of [
      ['millrace_archive_reads_total', 'Archived messages that were read.', () => counts.asked],
      [
        'millrace_archive_objects_read_total',
        'Objects that were read for them; else they were at hand.',
        () => counts.loaded,
      ],
    ] as const)
      new Counter({
        name,
        help,
        registers,
        collect() {
          this.reset();
          this.inc(count());
        },
      });
  }

  /** Looks for what is older than so many days, now and then, until `stop`. */
  start(days: number): void {
    const look = (): void => {
      if (this.leads()) this.underWay = this.once(days);
      this.timer = setTimeout(look, every_ms).unref();
    };
    this.timer = setTimeout(look, first_ms).unref();
  }

  /** Error: `conflict` while another run is under way. */
  async *run(before: number, fewest: number, signal: AbortSignal): AsyncGenerator<Archived> {
    if (this.running) throw new MillraceError('conflict', 'messages are being archived already: wait for that to end');
    this.running = true;
    try {
      const { messages, objects, codec } = this.parts;
      const either = AbortSignal.any([signal, this.stopped.signal]);
      let told = 0;
      for await (const done of archive(messages.hot, objects, codec, { before, least: fewest }, either)) {
        this.moved.inc(done.messages - told);
        told = done.messages;
        yield done;
      }
      // What was edited or deleted since it was archived leaves its object, too. In Cassandra finding it reads every row, as the above does.
      await renewStale({ hot: messages.hot, objects, codec }, either);
    } finally {
      this.running = false;
    }
  }

  /** Resolves once a run that the timer began has ended. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.stopped.abort();
    await this.underWay;
  }

  private async once(days: number): Promise<void> {
    try {
      const before = Date.now() - days * day_ms;
      let last: Archived | undefined;
      for await (const done of this.run(before, least, this.stopped.signal)) last = done;
      this.logger.info({ ...last }, 'old messages were archived');
    } catch (error) {
      this.logger.warn({ error: messageOf(error) }, 'old messages could not be archived: tried again in six hours');
    }
  }
}

/**
 * Undefined where messages have no archive: in Cassandra with objects in one process's folder, which the others could not read. It
 * looks for old ones by itself, where this process leads and a setting says how old.
 */
export function openArchiver(
  { archive_after_days, store, objects: place }: Settings,
  { tiered: messages, objects, codec }: Engines,
  leads: () => boolean,
  registry: Registry,
  logger: Logger,
): Archiver | undefined {
  if (!messages || (store === 'cassandra' && place === 'folder')) return undefined;
  const archiver = new Archiver({ messages, objects, codec }, leads, registry, logger);
  if (archive_after_days !== undefined) archiver.start(archive_after_days);
  return archiver;
}
