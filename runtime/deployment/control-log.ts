import { withDeadline } from '../../platform/deadline.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import type { Append, Log, LogReader, TopicSpec } from '../../platform/log/port.ts';
import type { Control } from '../../schemas/generated/types.ts';
import { systemClock } from '../clock.ts';
import type { Deployments } from './deployments.ts';
import { hash } from './digest.ts';

/** How long a process may take to read back what it wrote. */
export const deadline_ms = 15_000;
/** After a failure to read. */
const retry_ms = 1000;

export const controlTopic: TopicSpec = {
  name: 'millrace_control',
  partitions: 1,
  retention_ms: null,
  compact: true,
  volatile: false,
};

/** What should run, kept in the log: every process follows it, whoever writes it. */
export class ControlLog {
  private reader: LogReader | undefined;
  private following: Promise<void> = Promise.resolve();
  private applied = 0;
  private readonly waiting = new Set<() => void>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly log: Log,
    private readonly deployments: Deployments,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Takes all that is there, then follows. */
  async start(): Promise<void> {
    await this.log.declare([controlTopic]);
    const { start, end } = await this.log.bounds(controlTopic.name, 0);
    this.applied = start;
    this.reader = this.log.reader(controlTopic.name, 0, start);
    while (this.applied < end) await this.take();
    this.following = this.follow();
  }

  /** Resolves once the record is kept and this process has taken it. Error: `unavailable`; the record may hold all the same. */
  async put(body: Control['body']): Promise<void> {
    const [position] = await this.log.append([controlRecord(body)]);
    const late = () => unread(`this process has not read it back in ${deadline_ms / 1000} s`);
    await withDeadline(this.taken(position!.offset), deadline_ms, late);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.reader?.close();
    this.wake();
    await this.following;
  }

  private async taken(offset: number): Promise<void> {
    while (this.applied <= offset) {
      if (this.stopping.signal.aborted) throw unread('this process is stopping');
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted)
      try {
        while (await this.take());
        return;
      } catch (error) {
        this.onError(error);
        this.reader!.close();
        // What it has not taken yet is there: the topic is kept for good.
        if (await systemClock.sleep(retry_ms, signal))
          this.reader = this.log.reader(controlTopic.name, 0, this.applied);
      }
  }

  private async take(): Promise<boolean> {
    const records = await this.reader!.next(100);
    for (const record of records) {
      const { schema, value } = record.decoded();
      if (schema === 'Control') this.deployments.apply(value as Control);
      this.applied = record.offset + 1;
    }
    this.wake();
    return records.length > 0;
  }

  private wake(): void {
    for (const wake of this.waiting) wake();
    this.waiting.clear();
  }
}

function unread(why: string): MillraceError {
  return new MillraceError('unavailable', `what should run is written to ${controlTopic.name}, but ${why}`);
}

export function controlRecord(body: Control['body']): Append {
  const value: Control = { body };
  return { topic: controlTopic.name, key: keyOf(body), schema: 'Control', value };
}

function keyOf(body: Control['body']): string {
  // Two that got the same number both stay, so that all who read see which was first.
  if ('Deployment' in body) return `deployment/${body.Deployment.number}/${hash([body.Deployment])}`;
  if ('Replay' in body) return `replay/${body.Replay.topology}`;
  return `pause/${body.Pause.topology}/${body.Pause.node}`;
}
