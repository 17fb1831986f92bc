import type { Costs } from './costs.ts';
import { type Demand, gateways, messagesASecond, sockets } from './demand.ts';
import type { FanOut } from './fan-out.ts';

/** Part of a core that is planned to be busy at the peak: the rest is for what comes unevenly, and for one machine less. */
const busy = 0.5;
const gib = 2 ** 30;

export interface Part {
  part: string;
  /** How many, and what decides that. */
  count: number;
  because: string;
  cores: number;
  memory_gib: number;
  disk_gib: number;
  /** Megabits a second. */
  network_mbit: number;
}

/** What a demand takes, from what things cost. Every figure is arithmetic: none was run at this size. */
export function planOf(demand: Demand, costs: Costs, load: FanOut): Part[] {
  const rate = messagesASecond(demand);
  const cores = (us: number): number => (us * rate) / 1e6 / busy;
  const mbit = (bytes_a_second: number): number => (bytes_a_second * 8) / 1e6;
  const days = (bytes: number, count: number): number =>
    (bytes * demand.messages_a_day * count * demand.replicas) / gib;
  const edges = gateways(demand);
  const records = load.records_a_message * rate;
  const edgeCores =
    (costs.edge_message_us * rate + costs.gateway_record_us * records + costs.delivery_us * load.deliveries_a_second) /
    1e6 /
    busy;
  const workers = Math.ceil(cores(costs.worker_message_us));
  const brokers = Math.max(demand.replicas, Math.ceil(cores(costs.kafka_message_us) / 8));
  const nodes = Math.max(demand.replicas, Math.ceil(cores(costs.cassandra_message_us) / 16));
  const search = Math.max(demand.replicas, Math.ceil(cores(costs.elasticsearch_message_us) / 16));
  // One process runs JavaScript on one core: as many processes as cores, or as sockets ask for.
  const edgeProcesses = Math.max(edges, Math.ceil(edgeCores));
  return [
    {
      part: 'edge processes',
      count: edgeProcesses,
      because: edgeProcesses > edges ? 'CPU' : `${demand.gateway_sockets} sockets each`,
      cores: edgeCores,
      memory_gib: (sockets(demand) * costs.idle_socket_bytes) / gib + edgeProcesses * 0.5,
      disk_gib: 0,
      network_mbit: mbit(load.deliveries_a_second * costs.frame_bytes),
    },
    {
      part: 'worker processes',
      count: workers,
      because: workers > demand.partitions ? 'CPU: more than partitions, so raise --partitions' : 'CPU',
      cores: cores(costs.worker_message_us),
      memory_gib: workers,
      disk_gib: workers * 4,
      network_mbit: mbit(rate * (costs.log_bytes + costs.store_bytes + costs.index_bytes)),
    },
    {
      part: 'Kafka brokers of 8 cores',
      count: brokers,
      because: 'CPU',
      cores: cores(costs.kafka_message_us),
      memory_gib: brokers * 32,
      disk_gib: days(costs.log_bytes, demand.log_days),
      network_mbit: mbit(rate * costs.log_bytes * demand.replicas + records * costs.log_bytes),
    },
    {
      part: 'Cassandra nodes of 16 cores',
      count: nodes,
      because: 'CPU',
      cores: cores(costs.cassandra_message_us),
      memory_gib: nodes * 64,
      disk_gib: days(costs.store_bytes, demand.hot_days),
      network_mbit: mbit(rate * costs.store_bytes * demand.replicas),
    },
    {
      part: 'Elasticsearch nodes of 16 cores',
      count: search,
      because: 'CPU; what is kept for good grows its disk further',
      cores: cores(costs.elasticsearch_message_us),
      memory_gib: search * 64,
      disk_gib: days(costs.index_bytes, demand.hot_days),
      network_mbit: mbit(rate * costs.index_bytes * demand.replicas),
    },
  ];
}
