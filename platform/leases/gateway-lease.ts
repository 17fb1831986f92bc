import { type LeaseClock, tick } from './lease-clock.ts';

/** How often a gateway renews its lease, in milliseconds. */
export const renewal_ms = 3000;
/** A gateway's lease ends this long after its last renewal, by the lease clock. */
export const lease_ms = 10_000;

export function gatewayTick(clock: LeaseClock, time: number): LeaseClock {
  return tick(clock, time, renewal_ms + 1000);
}
