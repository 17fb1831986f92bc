/** 12,345; with one decimal below 100 where it has one, in millions where it would take too much room. */
export function count(value: number): string {
  if (value >= 100_000_000) return `${Math.round(value / 1_000_000).toLocaleString('en')}M`;
  return value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 });
}

/** How full batches are: 27.5/500 where there is a bound, else 27.5; a dash where there were none. */
export function batchFill({ batch, batch_size }: { batch: number | null; batch_size: number | null }): string {
  if (batch === null) return '-';
  return batch_size === null ? count(batch) : `${count(batch)}/${batch_size}`;
}

/** 85µs, 1.2ms, 240ms, 3.1s; a dash for what was not timed. */
export function duration(milliseconds: number | null): string {
  if (milliseconds === null) return '-';
  if (milliseconds < 1) return `${Math.round(milliseconds * 1000)}µs`;
  if (milliseconds < 10) return `${milliseconds.toFixed(1)}ms`;
  if (milliseconds < 1000) return `${Math.round(milliseconds)}ms`;
  return age(milliseconds / 1000);
}

/** 3.1s, 45s, 12m, 5h, 3d. */
export function age(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)}s`;
  if (seconds < 120) return `${Math.round(seconds)}s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)}h` : `${Math.round(seconds / 86_400)}d`;
}
