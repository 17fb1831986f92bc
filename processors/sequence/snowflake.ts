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

/**
 * The partition's next id after `id`: the counter's next value, or the next millisecond's first. `id` may be another
 * partition's, from before a repartition: what follows it must be this one's own, or two would give the same.
 */
export function successor(id: bigint, partition: number): bigint {
  const own = partitionOf(id) - partition;
  if (own === 0 && counterOf(id) < 4095) return id + 1n;
  return snowflake(timeOf(id) + (own < 0 ? 0 : 1), partition, 0);
}

const regionBits = 6n;
const regionMask = (1n << regionBits) - 1n;

/** The first id that is not below `id` and in this region's share of the counter: two regions never give the same one. */
export function inRegion(id: bigint, partition: number, region: number): bigint {
  const own = BigInt(region);
  const next = id + ((own - (id & regionMask) + regionMask + 1n) & regionMask);
  return partitionOf(next) === partition ? next : snowflake(timeOf(id) + 1, partition, region);
}

function partitionOf(id: bigint): number {
  return Number((id >> counterBits) & ((1n << partitionBits) - 1n));
}

export function greater(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
