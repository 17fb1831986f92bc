import { Counter, Gauge, type Registry } from 'prom-client';

export type LinkMetrics = ReturnType<typeof linkMetrics>;

/** Of the links to other regions, of which there is one so far (config/checks.ts). */
export function linkMetrics(registry: Registry) {
  const registers = [registry];
  const labelNames = ['region'] as const;
  return {
    up: new Gauge({
      name: 'millrace_region_link_up',
      help: 'Whether the other region answers.',
      labelNames,
      registers,
    }),
    lag: new Gauge({
      name: 'millrace_region_link_lag_records',
      help: 'Events of the other region that are not taken yet.',
      labelNames,
      registers,
    }),
    behind: new Gauge({
      name: 'millrace_region_link_behind_seconds',
      help: 'How long ago this region last had all events of the other one.',
      labelNames,
      registers,
    }),
    taken: new Counter({
      name: 'millrace_region_link_records_total',
      help: 'Records of the other region that were taken.',
      labelNames: ['region', 'topic'] as const,
      registers,
    }),
    missed: new Counter({
      name: 'millrace_region_link_missed_total',
      help: 'Records that the other region no longer had when the link came to them.',
      labelNames: ['region', 'topic'] as const,
      registers,
    }),
  };
}
