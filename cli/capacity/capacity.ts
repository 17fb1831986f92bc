import { measured } from './costs.ts';
import { type Demand, estimate } from './demand.ts';
import { fanOut } from './fan-out.ts';
import { planOf } from './plan.ts';
import { reconnectStorm } from './storm.ts';

/** What clients do by the SDK's own reckoning, and what a gateway takes in by the bench. */
const jitter_ms = 30_000;
const patience_ms = 10_000;
/** A workspace's sockets kept together, for comparison. */
const together = 4;

export interface Capacity {
  demand: Demand;
  costs: typeof measured;
  fan_out: {
    as_it_is: ReturnType<typeof fanOut>;
    to_all: ReturnType<typeof fanOut>;
    kept_together: ReturnType<typeof fanOut>;
  };
  plan: ReturnType<typeof planOf>;
  storms: {
    what: string;
    with_jitter: ReturnType<typeof reconnectStorm>;
    at_once: ReturnType<typeof reconnectStorm>;
  }[];
}

export function capacityOf(given: Partial<Demand>, seed: number): Capacity {
  const demand: Demand = { ...estimate, ...given };
  const asItIs = fanOut(demand, { interest: true, workspace_gateways: undefined }, seed);
  const welcomes_a_second = 1e6 / measured.welcome_us;
  const storm = (what: string, lost: number) => {
    const of = (jitter: number) =>
      reconnectStorm(demand, { lost, jitter_ms: jitter, patience_ms, welcomes_a_second }, seed);
    return { what, with_jitter: of(jitter_ms), at_once: of(1000) };
  };
  return {
    demand,
    costs: measured,
    fan_out: {
      as_it_is: asItIs,
      to_all: fanOut(demand, { interest: false, workspace_gateways: undefined }, seed),
      kept_together: fanOut(demand, { interest: true, workspace_gateways: together }, seed),
    },
    plan: planOf(demand, measured, asItIs),
    storms: [storm('one gateway is lost', 0), storm('a zone of three is lost', 1 / 3)],
  };
}
