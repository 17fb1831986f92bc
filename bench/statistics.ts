/** The value below which `p` per cent of the values lie; to hundredths. NaN without values. */
export function percentile(values: number[], p: number): number {
  const sorted = Float64Array.from(values).sort();
  const at = Math.min(sorted.length - 1, Math.ceil((p / 100) * sorted.length) - 1);
  return round(sorted[Math.max(0, at)] ?? Number.NaN);
}

export function median(values: number[]): number {
  return percentile(values, 50);
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
