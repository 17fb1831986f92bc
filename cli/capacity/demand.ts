/** What is asked of a deployment. Rates are those of the peak. */
export interface Demand {
  daily_users: number;
  messages_a_day: number;
  /** Peak over the day's mean. */
  peak_factor: number;
  /** Part of the daily users who have a socket open at the peak. */
  online_share: number;
  sockets_each: number;
  /** Members of the largest channel. */
  largest_channel: number;
  /** Channels that one person is in. */
  channels_each: number;
  text_bytes: number;
  /** Days for which events stay in the log, and messages in the store before they go into objects. */
  log_days: number;
  hot_days: number;
  replicas: number;
  gateway_sockets: number;
  partitions: number;
}

/** The original estimate: 20 million daily users, a billion messages a day, 30,000 a second at the peak. */
export const estimate: Demand = {
  daily_users: 20_000_000,
  messages_a_day: 1_000_000_000,
  peak_factor: 2.6,
  online_share: 0.5,
  sockets_each: 1.3,
  largest_channel: 100_000,
  channels_each: 20,
  text_bytes: 200,
  log_days: 14,
  hot_days: 30,
  replicas: 3,
  gateway_sockets: 50_000,
  partitions: 256,
};

export function messagesASecond({ messages_a_day, peak_factor }: Demand): number {
  return (messages_a_day / 86_400) * peak_factor;
}

export function sockets({ daily_users, online_share, sockets_each }: Demand): number {
  return daily_users * online_share * sockets_each;
}

export function gateways(demand: Demand): number {
  return Math.max(1, Math.ceil(sockets(demand) / demand.gateway_sockets));
}
