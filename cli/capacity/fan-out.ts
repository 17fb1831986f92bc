import { type Demand, gateways, messagesASecond } from './demand.ts';
import { channelsOf, type SimulatedChannels } from './teams.ts';

export interface FanOutOptions {
  /** Gateways hear only what they have a socket for; without it each event goes to all. */
  interest: boolean;
  /** A workspace's sockets are kept on so many gateways; undefined: any socket may be on any. */
  workspace_gateways: number | undefined;
}

export interface FanOut {
  gateways: number;
  /** Records written to gateways for each message. */
  records_a_message: number;
  /** Records a second that one gateway takes. */
  records_a_gateway_second: number;
  deliveries_a_message: number;
  deliveries_a_second: number;
  /** The busiest partition's messages a second, and over the mean. */
  hottest_partition: { messages_a_second: number; over_mean: number };
  /** The busiest channel's. */
  hottest_channel: { messages_a_second: number; members: number };
}

/** What an average message costs at the peak, by expectation over the drawn channels. */
export function fanOut(demand: Demand, { interest, workspace_gateways }: FanOutOptions, seed: number): FanOut {
  const all = gateways(demand);
  const among = Math.min(all, workspace_gateways ?? all);
  const rate = messagesASecond(demand);
  const partitions = new Float64Array(demand.partitions);
  let [records, deliveries] = [0, 0];
  let hottest: SimulatedChannels | undefined;
  let everywhere = 0;
  for (const channel of channelsOf(demand, seed)) {
    // So many of the gateways have at least one of the channel's sockets.
    const interested = interest ? among * (1 - (1 - 1 / among) ** channel.online) : all;
    records += channel.share * interested;
    deliveries += channel.share * channel.online;
    if (channel.partition === undefined) {
      everywhere += channel.share;
      continue;
    }
    partitions[channel.partition]! += channel.share * rate;
    if (!hottest || channel.share > hottest.share) hottest = channel;
  }
  const busiest = Math.max(...partitions) + (everywhere * rate) / demand.partitions;
  return {
    gateways: all,
    records_a_message: records,
    records_a_gateway_second: (records * rate) / all,
    deliveries_a_message: deliveries,
    deliveries_a_second: deliveries * rate,
    hottest_partition: { messages_a_second: busiest, over_mean: busiest / (rate / demand.partitions) },
    hottest_channel: { messages_a_second: hottest!.share * rate, members: hottest!.members },
  };
}
