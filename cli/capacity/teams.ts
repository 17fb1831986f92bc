import type { Demand } from './demand.ts';
import { normal, seeded } from './random.ts';

/** Channels of one size at the peak. */
export interface SimulatedChannels {
  /** How many are alike. */
  count: number;
  members: number;
  /** Sockets of the members of each that are open. */
  online: number;
  /** Part of all messages that all of them take. */
  share: number;
  /** Of the one; undefined for many, which lie everywhere. */
  partition: number | undefined;
}

/** The largest are drawn one by one, all others in so many strata of their ranks. */
const oneByOne = 2000;
const strata = 4000;
/**
 * Sizes: Zipf by rank. With this exponent a largest channel of 100,000 leaves 20 million people about 13 channels each, most of a few members,
 * and the mean message about ten deliveries, as the original estimate has it.
 */
const sizeExponent = 0.6;
const smallest = 3;
/** A channel speaks more with its size, but less than in proportion; and some speak far more than others of their size. */
const activityExponent = 0.5;
const activitySpread = 1.2;
const meanOfSpread = Math.exp(activitySpread ** 2 / 2);

/** A deployment's channels, the same for each seed. */
export function channelsOf(demand: Demand, seed: number): SimulatedChannels[] {
  const random = seeded(seed);
  const online = demand.online_share * demand.sockets_each;
  const sizeAt = (rank: number): number =>
    Math.min(demand.daily_users, Math.max(smallest, Math.round(demand.largest_channel / rank ** sizeExponent)));
  const channels: SimulatedChannels[] = [];
  const add = (rank: number, count: number, activity: number, partition: number | undefined): void => {
    const members = sizeAt(rank);
    const share = count * members ** activityExponent * activity;
    channels.push({ count, members, online: members * online, share, partition });
  };
  const last = lastRank(demand);
  for (let rank = 1; rank <= Math.min(oneByOne, last); rank++)
    add(rank, 1, Math.exp(activitySpread * normal(random)), Math.floor(random() * demand.partitions));
  const step = (last / oneByOne) ** (1 / strata);
  for (let from = oneByOne; from < last; from *= step)
    add(from * Math.sqrt(step), from * (step - 1), meanOfSpread, undefined);
  const all = channels.reduce((sum, { share }) => sum + share, 0);
  for (const channel of channels) channel.share /= all;
  return channels;
}

/** Where channels are as small as they get: dms and the like beyond it are no more than these, each heard by a few. */
function lastRank({ largest_channel, daily_users }: Demand): number {
  const ofSmallest = (largest_channel / smallest) ** (1 / sizeExponent);
  return Math.max(oneByOne + 1, Math.min(ofSmallest, daily_users * 2));
}
