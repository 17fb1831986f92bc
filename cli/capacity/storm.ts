import { type Demand, gateways, sockets as socketsOf } from './demand.ts';
import { seeded } from './random.ts';

export interface StormOptions {
  /** Part of all gateways that goes at one moment. */
  lost: number;
  /** Clients come back within so many milliseconds, spread evenly. */
  jitter_ms: number;
  /** A client that is not let in by then tries again, after twice as long a pause each time. */
  patience_ms: number;
  /** Sockets that one gateway takes in a second. */
  welcomes_a_second: number;
}

export interface Storm {
  sockets: number;
  /** Sockets that each gateway left has to take in. */
  each: number;
  /** When the last is back. */
  seconds: number;
  /** Most that waited at one gateway. */
  longest_queue: number;
  /** Handshakes that were given up and tried again. */
  retries: number;
}

/** Steps of the simulation. */
const tick_ms = 10;
const longest_ms = 600_000;
const longestPause_ms = 30_000;

/** The sockets of some gateways come back at the others: a queue at one of those, step by step. */
export function reconnectStorm(demand: Demand, options: StormOptions, seed: number): Storm {
  const { lost, jitter_ms, patience_ms, welcomes_a_second } = options;
  const all = gateways(demand);
  const gone = Math.max(1, Math.round(all * lost));
  const left = Math.max(1, all - gone);
  const random = seeded(seed);
  const inAll = Math.ceil(socketsOf(demand));
  const sockets = Math.min(inAll, gone * Math.ceil(inAll / all));
  const each = Math.ceil(sockets / left);
  /** By tick: clients that come then, each with its pause before the next try. */
  const coming = new Map<number, number[]>();
  const comes = (at_ms: number, pause_ms: number): void => {
    const tick = Math.floor(at_ms / tick_ms);
    coming.set(tick, [...(coming.get(tick) ?? []), pause_ms]);
  };
  for (let i = 0; i < each; i++) comes(random() * jitter_ms, patience_ms);
  let queue: { since: number; pause_ms: number }[] = [];
  let [welcomed, credit, longest, retries, now] = [0, 0, 0, 0, 0];
  for (; welcomed < each && now < longest_ms; now += tick_ms) {
    for (const pause_ms of coming.get(Math.floor(now / tick_ms)) ?? []) queue.push({ since: now, pause_ms });
    coming.delete(Math.floor(now / tick_ms));
    const impatient = queue.findIndex(({ since }) => now - since < patience_ms);
    const givenUp = queue.splice(0, impatient === -1 ? queue.length : impatient);
    retries += givenUp.length;
    for (const { pause_ms } of givenUp)
      comes(now + pause_ms * (0.5 + random()), Math.min(longestPause_ms, 2 * pause_ms));
    longest = Math.max(longest, queue.length);
    credit = Math.min(credit + (welcomes_a_second * tick_ms) / 1000, queue.length);
    const taken = Math.floor(credit);
    queue = queue.slice(taken);
    credit -= taken;
    welcomed += taken;
  }
  return { sockets, each, seconds: now / 1000, longest_queue: longest, retries };
}
