/** Snowflake ids: 41 bits of milliseconds since 2010, 10 bits of partition, 12 bits of counter; written as decimal strings. */
export const epoch = Date.UTC(2010, 0, 1);

const counterBits = 12n;
const partitionBits = 10n;

export function snowflake(time: number, partition: number, counter: number): bigint {
  const milliseconds = BigInt(Math.max(0, time - epoch));
  return (milliseconds << (counterBits + partitionBits)) | (BigInt(partition) << counterBits) | BigInt(counter);
}

export function counterOf(id: bigint): number {
  return Number(id & ((1n << counterBits) - 1n));
}

/** The time of an id, in milliseconds since 1970. */
export function timeOf(id: bigint): number {
  return Number(id >> (counterBits + partitionBits)) + epoch;
}

/** The id after `id`: the counter's next value, or the next millisecond's first. */
export function successor(id: bigint, partition: number): bigint {
  const counter = counterOf(id);
  return counter < 4095 ? id + 1n : snowflake(timeOf(id) + 1, partition, 0);
}

export function greater(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
