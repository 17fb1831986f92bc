import type { Logger } from 'pino';
import { Counter, Histogram, type Registry } from 'prom-client';
import { messageOf } from '../../platform/errors/error.ts';
import type { TaskObserver } from '../task/observer.ts';
import type { TopologyPlan } from '../topology/plan.ts';
import { NodeMeter, type NodeStatus } from './node-meter.ts';
import { exposeMeters } from './prometheus.ts';
import { type Tapped, Taps } from './taps.ts';

/** What the runtime knows of its own work: for status, for Prometheus, and for those who listen to a node. */
export class RuntimeMetrics {
  readonly taps = new Taps();
  readonly restarts;
  private readonly units;
  private readonly meters = new Map<string, Map<string, NodeMeter>>();

  constructor(
    registry: Registry,
    private readonly now: () => number = Date.now,
  ) {
    this.restarts = new Counter({
      name: 'millrace_task_restarts_total',
      help: 'Tasks begun anew after a failure.',
      labelNames: ['topology'],
      registers: [registry],
    });
    this.units = new Histogram({
      name: 'millrace_unit_seconds',
      help: 'From a batch being read to its unit of work being committed.',
      labelNames: ['topology', 'source'],
      buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers: [registry],
    });
    exposeMeters(registry, {
      each: (visit) => {
        for (const [topology, nodes] of this.meters) for (const [node, meter] of nodes) visit(topology, node, meter);
      },
    });
  }

  /** Every node of a plan, in the order in which records flow, those that have done nothing too. */
  nodes({ name, nodes }: TopologyPlan): { [node: string]: NodeStatus } {
    return Object.fromEntries(
      nodes.map((node) => [node.id, this.meter(name, node.id).status(node.kind === 'source' ? node.batch.size : null)]),
    );
  }

  /** The observer of one task. */
  observer(topology: string, logger: Logger): TaskObserver {
    // Found once: prom-client makes a text of the labels each time it is asked.
    const seconds = new Map<string, Histogram.Internal<'topology' | 'source'>>();
    const secondsOf = (source: string) => {
      const known = seconds.get(source) ?? this.units.labels({ topology, source });
      seconds.set(source, known);
      return known;
    };
    return {
      passed: (node, taken, gave, milliseconds) => {
        this.meter(topology, node).passed(taken, gave.length, milliseconds);
        this.taps.passed(topology, node, gave as readonly Tapped[]);
      },
      took: (node, _effects, milliseconds) => this.meter(topology, node).took(milliseconds),
      committed: (source, _next, took) => {
        this.meter(topology, source).took(took * 1000);
        secondsOf(source).observe(took);
      },
      retried: (node, error, attempt) => {
        const meter = this.meter(topology, node);
        meter.retries++;
        meter.failed(error);
        // The first, then each tenth: a part that is down for an hour must not fill the log.
        if (attempt === 1 || attempt % 10 === 0)
          logger.warn({ topology, node, attempt, error: messageOf(error) }, 'failed, trying again');
      },
      deadLettered: (node, error) => {
        const meter = this.meter(topology, node);
        meter.dead_letters++;
        meter.failed(error);
        logger.error({ topology, node, error: messageOf(error) }, 'given up: record kept in dead_letters');
      },
      inFlight: (change, source) => {
        this.meter(topology, source).in_flight += change;
      },
    };
  }

  private meter(topology: string, node: string): NodeMeter {
    let nodes = this.meters.get(topology);
    if (!nodes) {
      nodes = new Map();
      this.meters.set(topology, nodes);
    }
    let meter = nodes.get(node);
    if (!meter) {
      meter = new NodeMeter(this.now);
      nodes.set(node, meter);
    }
    return meter;
  }
}
