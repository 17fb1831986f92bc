import { Counter, Gauge, type Registry } from 'prom-client';
import { withDeadline } from '../../platform/deadline.ts';
import { type Lag, sourceLags } from './lag.ts';
import type { NodeMeter } from './node-meter.ts';
import type { MeasuredStatus } from './status.ts';

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
    name: 'millrace_node_batch_records',
    help: 'Records in a batch of a node, on average over ten seconds.',
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      meters.each((topology, node, meter) => {
        const { batch } = meter.status();
        if (batch !== null) this.set({ topology, node }, batch);
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

/** For how long an answer is remembered: all gauges are read at once, and more than one scraper may ask. */
const recent_ms = 1000;
/** An engine that does not answer must not keep the other metrics back: these gauges are empty then. */
const deadline_ms = 2000;

/** How far the sources that run here are behind, and how much state there is, asked when Prometheus asks. */
export function exposeStatus(registry: Registry, status: () => Promise<MeasuredStatus[]>): void {
  let asked: { at: number; status: Promise<MeasuredStatus[]> } | undefined;
  const recent = (): Promise<MeasuredStatus[]> => {
    if (!asked || Date.now() - asked.at > recent_ms) {
      const late = (): Error => new Error(`not told in ${deadline_ms / 1000} s`);
      asked = { at: Date.now(), status: withDeadline(status(), deadline_ms, late).catch(() => []) };
    }
    return asked.status;
  };
  const lagGauge = (name: string, help: string, value: (lag: Lag) => number): void => {
    new Gauge({
      name,
      help,
      labelNames: ['topology', 'source'],
      registers: [registry],
      async collect() {
        this.reset();
        for (const lag of sourceLags(await recent()))
          this.set({ topology: lag.topology, source: lag.source }, value(lag));
      },
    });
  };
  lagGauge(
    'millrace_source_lag_records',
    'Records that a source has not taken yet, in the partitions that run in this process.',
    ({ lag }) => lag,
  );
  lagGauge(
    'millrace_source_lag_seconds',
    'Age of the oldest record that a source has not taken, in the partitions that run in this process.',
    ({ lag_s }) => lag_s,
  );
  new Gauge({
    name: 'millrace_state_rows',
    help: 'Rows of the state that a node keeps.',
    labelNames: ['topology', 'node'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const { topology, state_rows } of await recent())
        for (const [node, rows] of Object.entries(state_rows)) this.set({ topology, node }, rows);
    },
  });
}
