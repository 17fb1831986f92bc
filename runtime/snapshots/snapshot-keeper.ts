import type { Logger } from 'pino';
import { messageOf } from '../../platform/errors/error.ts';
import type { StateStore } from '../../platform/state/port.ts';
import type { Clock } from '../clock.ts';
import type { Version } from '../deployment/deployments.ts';
import { scopeOf } from '../scope.ts';
import type { FoldPosition } from '../task/fold-position.ts';
import { followed } from './followed.ts';
import type { Snapshots } from './snapshots.ts';

const look_ms = 10_000;
/** Whoever makes a state where it is not folds this many records at most, about. */
const snapshotEvery_records = 100_000;
/** A state that changes little has one this often. */
const snapshotEvery_ms = 6 * 3_600_000;

/** Has a snapshot made of each state that runs here once it has changed by so much; one at a time. */
export class SnapshotKeeper {
  private readonly stopping = new AbortController();
  private ended: Promise<void> = Promise.resolve();
  /** When each state was first seen, or its last snapshot here made. One entry for each state that ran here. */
  private readonly since = new Map<string, number>();

  constructor(
    private readonly snapshots: Snapshots,
    private readonly ports: { state: StateStore; clock: Clock },
    private readonly logger: Logger,
    private readonly every_records = snapshotEvery_records,
  ) {}

  start(running: () => { version: Version; partition: number }[]): void {
    this.ended = (async () => {
      while (await this.ports.clock.sleep(look_ms, this.stopping.signal)) await this.look(running());
    })();
  }

  /** Lets the one that is being made end. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.ended;
  }

  async look(running: { version: Version; partition: number }[]): Promise<void> {
    for (const { version, partition } of running)
      for (const node of followed(version.plan)) {
        if (this.stopping.signal.aborted) return;
        const name = `${scopeOf(version.topology, version.generation)}/${node.id}`;
        try {
          await this.consider(name, partition);
        } catch (error) {
          this.logger.warn({ state: name, partition, error: messageOf(error) }, 'no snapshot could be made');
        }
      }
  }

  private async consider(name: string, partition: number): Promise<void> {
    const { state, clock } = this.ports;
    const kept = state.open(name, partition, { volatile: state.isVolatile(`${name}/${partition}`) });
    const fold = kept.get('_own', 'fold') as FoldPosition | undefined;
    const last = (await this.snapshots.newest({ name, partition })) ?? 0;
    if (!fold || fold.next <= last) return;
    const since = this.since.get(kept.id) ?? clock.now();
    this.since.set(kept.id, since);
    if (fold.next - last < this.every_records && clock.now() - since < snapshotEvery_ms) return;
    const next = await this.snapshots.save(kept, { name, partition });
    this.since.set(kept.id, clock.now());
    this.logger.info({ state: name, partition, next }, 'made a snapshot');
  }
}
