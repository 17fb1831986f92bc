import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { MillraceError, messageOf } from '../../platform/errors/error.ts';
import { lease_ms, renewal_ms } from '../../platform/leases/gateway-lease.ts';
import type { Log, LogReader, LogRecord } from '../../platform/log/port.ts';
import type { GatewayLease } from '../../schemas/generated/types.ts';
import { LeaseTable, type Verdict } from './lease-table.ts';

const topic = 'gateways';
/** All slots were held: how long until they are looked at again, and for how long in all. */
const retry_ms = 1000;
const patience_ms = 30_000;

export interface Slot {
  slot: string;
  /** Above that of every earlier holder of the slot. */
  epoch: number;
}

export interface SlotLeaseOptions {
  slots: readonly string[];
  /** This process's own name, the same in its next life: it may take its slot back at once. */
  holder: string;
  logger: Logger;
}

/**
 * Holds one of the gateways' slots: claims it on the topic `gateways`, renews it, and says when it was lost, for a paused or
 * cut-off process learns from the topic that others were told that it had ended.
 */
export class SlotLease {
  private readonly table = new LeaseTable();
  private reader: LogReader | undefined;
  private following: Promise<void> = Promise.resolve();
  private held: Slot | undefined;
  private renewal: NodeJS.Timeout | undefined;
  private readonly verdicts = new Map<number, (verdict: Verdict) => void>();
  private stopped = false;

  constructor(
    private readonly log: Log,
    private readonly options: SlotLeaseOptions,
    private readonly lost: () => void,
  ) {}

  /** Takes a free slot. Errors: `conflict` when all are held for half a minute; `unavailable`, also once it was released. */
  async take(): Promise<Slot> {
    const until = Date.now() + patience_ms;
    for (;;) {
      if (!this.reader) await this.readUp();
      for (const slot of this.table.candidates(this.options.slots, this.options.holder)) {
        if (this.stopped) throw new MillraceError('unavailable', 'this gateway is stopping');
        // Without it nobody would hear what becomes of a claim.
        if (!this.reader) break;
        const epoch = this.table.nextEpoch(slot, Date.now());
        if ((await this.claim({ slot, epoch })) !== 'accepted') continue;
        this.held = { slot, epoch };
        await this.append(this.held, true);
        clearInterval(this.renewal);
        this.renewal = setInterval(() => this.renew(), renewal_ms);
        return this.held;
      }
      if (Date.now() > until)
        throw new MillraceError(
          'conflict',
          `all ${this.options.slots.length} gateway slots are held: raise MILLRACE_GATEWAYS, for every process, or run fewer gateways`,
        );
      await sleep(retry_ms);
    }
  }

  /** Takes what is there, then follows. */
  private async readUp(): Promise<void> {
    const { start, end } = await this.log.bounds(topic, 0);
    const reader = this.log.reader(topic, 0, start);
    try {
      for (let next = start; next < end; ) {
        const records = await reader.next(1000, lease_ms);
        if (records.length === 0) break;
        for (const record of records) this.see(record);
        next = records.at(-1)!.offset + 1;
      }
    } catch (error) {
      reader.close();
      throw error;
    }
    if (this.stopped) return reader.close();
    this.reader = reader;
    this.following = this.follow(reader);
  }

  /** Gives the slot back. */
  async release(): Promise<void> {
    this.stopped = true;
    clearInterval(this.renewal);
    const { held } = this;
    this.held = undefined;
    try {
      if (held) await this.append(held, true, 0);
    } finally {
      this.reader?.close();
      await this.following;
    }
  }

  private renew(): void {
    if (!this.held) return;
    this.append(this.held, true).catch((error: unknown) =>
      this.options.logger.warn({ error: messageOf(error) }, 'the gateway’s lease is not renewed'),
    );
  }

  /** Resolves with what the records before the claim make of it. */
  private async claim({ slot, epoch }: Slot): Promise<Verdict> {
    const verdict = new Promise<Verdict>((resolve) => this.verdicts.set(epoch, resolve));
    const late = sleep(lease_ms, 'refused' as const, { ref: false });
    try {
      await this.append({ slot, epoch }, false);
      return await Promise.race([verdict, late]);
    } finally {
      this.verdicts.delete(epoch);
      this.options.logger.debug({ slot, epoch }, 'claimed a gateway slot');
    }
  }

  private async append({ slot, epoch }: Slot, held: boolean, until = Date.now() + lease_ms): Promise<void> {
    const value: GatewayLease = { gateway: slot, epoch, until, holder: this.options.holder, held };
    await this.log.append([{ topic, key: slot, schema: 'GatewayLease', value }]);
  }

  private async follow(reader: LogReader): Promise<void> {
    try {
      for (;;) {
        const records = await reader.next(1000);
        if (records.length === 0) return;
        for (const record of records) this.see(record);
      }
    } catch (error) {
      // What it missed may have been its own end.
      this.options.logger.error({ error: messageOf(error) }, 'the gateways’ leases can not be followed');
      reader.close();
      this.reader = undefined;
      for (const decide of this.verdicts.values()) decide('refused');
      this.lose();
    }
  }

  private see(record: LogRecord): void {
    const value = record.decoded().value as GatewayLease;
    const verdict = this.table.take(value, record.time);
    const own = value.holder === this.options.holder;
    if (!value.held) {
      if (own) this.verdicts.get(value.epoch)?.(verdict);
      return;
    }
    const { held } = this;
    if (!held || value.gateway !== held.slot) return;
    const ended = own && value.epoch === held.epoch ? verdict === 'ended' : value.epoch > held.epoch;
    if (ended) this.lose();
  }

  private lose(): void {
    if (!this.held) return;
    this.held = undefined;
    clearInterval(this.renewal);
    this.lost();
  }
}
