/** What things cost here, measured: each with the bench that says so. CPU in microseconds of one core of the machine measured on. */
export interface Costs {
  /** A message at the edge: taken in, checked, put on the log, acknowledged; without its deliveries. */
  edge_message_us: number;
  /** A message in a worker: ordered, stored, sent on, indexed. */
  worker_message_us: number;
  kafka_message_us: number;
  cassandra_message_us: number;
  elasticsearch_message_us: number;
  /** One event to one socket. */
  delivery_us: number;
  /** A record that comes to a gateway: read, decoded, encoded once for all its sockets. */
  gateway_record_us: number;
  /** A socket let in, up to its hello. */
  welcome_us: number;
  idle_socket_bytes: number;
  /** A frame of an event with 200 bytes of text. */
  frame_bytes: number;
  /** What a message takes on the log (command and event), in the store and in the index, once. */
  log_bytes: number;
  store_bytes: number;
  index_bytes: number;
}

/**
 * From the benches deliveries, connections and sizes of 2026-11-30, and stack-costs of 2026-11-29; bench/README.md tells how. Two shared cores, so these are of
 * that machine and no other; the bytes of store and index are the embedded ones'.
 */
export const measured: Costs = {
  edge_message_us: 340,
  worker_message_us: 455,
  kafka_message_us: 333,
  cassandra_message_us: 807,
  elasticsearch_message_us: 665,
  delivery_us: 8.6,
  gateway_record_us: 120,
  welcome_us: 490,
  idle_socket_bytes: 12_300,
  frame_bytes: 584,
  log_bytes: 557,
  store_bytes: 789,
  index_bytes: 530,
};
