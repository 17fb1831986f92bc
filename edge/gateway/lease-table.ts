import { gatewayTick, lease_ms } from '../../platform/leases/gateway-lease.ts';
import { type LeaseClock, unwound } from '../../platform/leases/lease-clock.ts';
import type { GatewayLease } from '../../schemas/generated/types.ts';

interface Lease {
  epoch: number;
  holder: string;
  /** By the lease clock; 0: given back. */
  ends: number;
  held: boolean;
}

/** `ended`: fan-out may have left the holder out for a while before this record. */
export type Verdict = 'accepted' | 'refused' | 'ended';

/**
 * Who holds which slot, as every reader of the topic `gateways` makes it of the same records. A claim is accepted where the
 * slot is free, was given back, or is the claimant's own of an earlier life; whoever claims second is refused.
 */
export class LeaseTable {
  private readonly leases = new Map<string, Lease>();
  private clock: LeaseClock = unwound;

  take({ gateway, epoch, until, holder, held }: GatewayLease, time: number): Verdict {
    const before = this.clock.now;
    this.clock = gatewayTick(this.clock, time);
    const known = this.leases.get(gateway);
    const ends = until === 0 ? 0 : this.clock.now + lease_ms;
    if (!held) {
      if (!this.isFree(known, holder) || epoch <= (known?.epoch ?? 0)) return 'refused';
      this.leases.set(gateway, { epoch, holder, ends, held });
      return 'accepted';
    }
    if (known?.held && known.epoch > epoch) return 'ended';
    this.leases.set(gateway, { epoch, holder, ends, held });
    return known?.held && known.epoch === epoch && known.ends < before ? 'ended' : 'accepted';
  }

  /** Slots of `all` that `holder` may claim: its own first, then free ones, then those that end soonest. */
  candidates(all: readonly string[], holder: string): string[] {
    const rank = (slot: string): number => {
      const lease = this.leases.get(slot);
      if (lease?.holder === holder) return -1;
      return this.isFree(lease, holder) ? 0 : lease!.ends;
    };
    return [...all].sort((a, b) => rank(a) - rank(b));
  }

  /** Above every epoch of the slot so far. */
  nextEpoch(slot: string, now: number): number {
    return Math.max(now, (this.leases.get(slot)?.epoch ?? 0) + 1);
  }

  private isFree(lease: Lease | undefined, holder: string): boolean {
    return !lease || lease.ends < this.clock.now || lease.holder === holder;
  }
}
