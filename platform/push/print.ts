import type { Push, PushResult, PushSender } from './port.ts';

/** Pushes that stay for a look. */
const kept = 100;

/** The embedded default: prints that a push would go out, to whom and not what it says, and keeps the last ones. */
export class PrintingPush implements PushSender {
  private readonly pushes: Push[] = [];

  constructor(private readonly print: (line: string) => void) {}

  async send(pushes: Push[]): Promise<PushResult[]> {
    return pushes.map((push): PushResult => {
      // A provider shows the same push once.
      if (this.pushes.some(({ push_id }) => push_id === push.push_id)) return { status: 'sent' };
      this.pushes.push(push);
      if (this.pushes.length > kept) this.pushes.shift();
      const { workspace_id, user_id, platform } = push.target;
      this.print(`push to ${user_id} of ${workspace_id} by ${platform}, badge ${push.badge}`);
      return { status: 'sent' };
    });
  }

  /** The last pushes, oldest first. */
  last(): readonly Push[] {
    return this.pushes;
  }

  async close(): Promise<void> {
    this.pushes.length = 0;
  }
}
