import type { LinkedTopic, PeerLog, PeerRead } from './port.ts';

/** A peer that is opened when it is first asked, and again where that failed: a region begins while the other one is away. */
export class LazyPeer implements PeerLog {
  private opened: Promise<PeerLog> | undefined;

  constructor(private readonly open: () => Promise<PeerLog>) {}

  async bounds(topic: LinkedTopic): Promise<{ start: number; end: number }[]> {
    return (await this.peer()).bounds(topic);
  }

  async read(topic: LinkedTopic, from: readonly number[], max: number, wait_ms: number): Promise<PeerRead> {
    return (await this.peer()).read(topic, from, max, wait_ms);
  }

  async close(): Promise<void> {
    // One that never opened has nothing to close.
    const peer = await this.opened?.catch(() => undefined);
    await peer?.close();
  }

  private peer(): Promise<PeerLog> {
    if (!this.opened) {
      const opening = this.open();
      this.opened = opening;
      opening.catch(() => {
        if (this.opened === opening) this.opened = undefined;
      });
    }
    return this.opened;
  }
}
