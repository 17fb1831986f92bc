import { Counter, Gauge, type Registry } from 'prom-client';
import type { Lag } from './lag.ts';
import type { NodeMeter } from './node-meter.ts';

export interface Meters {
  each(visit: (topology: string, node: string, meter: NodeMeter) => void): void;
}

/** The meters as Prometheus reads them; read when it asks, so that batches pay nothing for it. Labels: the topology files'. */
export function exposeMeters(registry: Registry, meters: Meters): void {
  const labelNames = ['topology', 'node'] as const;
  const counter = (name: string, help: string, value: (meter: NodeMeter) => number): void => {
    new Counter({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        meters.each((topology, node, meter) => this.inc({ topology, node }, value(meter)));
      },
    });
  };
  counter('millrace_node_records_total', 'Records that a node has taken.', (meter) => meter.records);
  counter('millrace_node_gave_total', 'Records that have left a node; of a sink, that it has written.', (m) => m.gave);
  counter('millrace_node_retries_total', 'Tries of steps and effects that failed.', (meter) => meter.retries);
  counter('millrace_dead_letters_total', 'Records given up and kept in dead_letters.', (meter) => meter.dead_letters);
  new Gauge({
    name: 'millrace_node_seconds',
    help: 'A step over a batch, an effect, or a source’s unit of work: quantiles of the last half to whole minute.',
    labelNames: [...labelNames, 'quantile'],
    registers: [registry],
    collect() {
      this.reset();
      meters.each((topology, node, meter) => {
        for (const quantile of [0.5, 0.99]) {
          const milliseconds = meter.quantile(quantile);
          if (milliseconds !== null) this.set({ topology, node, quantile: String(quantile) }, milliseconds / 1000);
        }
      });
    },
  });
  new Gauge({
    name: 'millrace_node_in_flight',
    help: 'Units of work of a source that are under way.',
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      meters.each((topology, node, meter) => {
        if (meter.in_flight > 0) this.set({ topology, node }, meter.in_flight);
      });
    },
  });
}

/** How far sources are behind, asked when Prometheus asks. */
export function exposeLags(registry: Registry, lags: () => Promise<Lag[]>): void {
  // Both gauges are read at once: one question is enough for both.
  let asked: { at: number; lags: Promise<Lag[]> } | undefined;
  const recent = (): Promise<Lag[]> => {
    if (!asked || Date.now() - asked.at > 500) asked = { at: Date.now(), lags: lags() };
    return asked.lags;
  };
  const gauge = (name: string, help: string, value: (lag: Lag) => number): void => {
    new Gauge({
      name,
      help,
      labelNames: ['topology', 'source'],
      registers: [registry],
      async collect() {
        for (const lag of await recent()) this.set({ topology: lag.topology, source: lag.source }, value(lag));
      },
    });
  };
  gauge('millrace_source_lag_records', 'Records that a source has not taken yet.', ({ lag }) => lag);
  gauge('millrace_source_lag_seconds', 'Age of the oldest record that a source has not taken.', ({ lag_s }) => lag_s);
}
