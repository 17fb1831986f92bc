import type { Append, Log, LogReader, TopicSpec } from '../../platform/log/port.ts';
import type { Control } from '../../schemas/generated/types.ts';
import type { Deployments } from './deployments.ts';
import { hash } from './digest.ts';

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
    this.following = this.follow().catch(this.onError);
  }

  /** Resolves once the record is kept and this process has taken it. */
  async put(body: Control['body']): Promise<void> {
    const [position] = await this.log.append([controlRecord(body)]);
    while (this.applied <= position!.offset) {
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  async stop(): Promise<void> {
    this.reader?.close();
    await this.following;
  }

  private async follow(): Promise<void> {
    while (await this.take());
  }

  private async take(): Promise<boolean> {
    const records = await this.reader!.next(100);
    for (const record of records) {
      const { schema, value } = record.decoded();
      if (schema === 'Control') this.deployments.apply(value as Control);
      this.applied = record.offset + 1;
    }
    for (const wake of this.waiting) wake();
    this.waiting.clear();
    return records.length > 0;
  }
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
