import type { Logger } from 'pino';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { messageOf } from '../platform/errors/error.ts';
import type { Input } from './processor.ts';

/** What a task tells of its work. */
export interface TaskObserver {
  /** So many effects of a sink were done in so long. */
  took(node: string, effects: number, milliseconds: number): void;
  /** A batch passed a node: what it took and gave (a sink: wrote), and how long its step took. */
  passed(node: string, taken: number, gave: readonly Input[], milliseconds: number): void;
  committed(source: string, next: number, seconds: number): void;
  retried(node: string, error: unknown, attempt: number): void;
  deadLettered(node: string, error: unknown): void;
  inFlight(change: 1 | -1): void;
}

export interface NodeCounts {
  records: number;
  retries: number;
  dead_letters: number;
}

/** The runtime's metrics; labels are bounded by the topology files. */
export class RuntimeMetrics {
  private readonly records;
  private readonly retries;
  private readonly deadLetters;
  private readonly units;
  private readonly underWay;
  readonly restarts;

  constructor(registry: Registry) {
    const registers = [registry];
    this.records = new Counter({
      name: 'millrace_node_records_total',
      help: 'Records that passed a node.',
      labelNames: ['topology', 'node'],
      registers,
    });
    this.retries = new Counter({
      name: 'millrace_node_retries_total',
      help: 'Tries of steps and effects that failed.',
      labelNames: ['topology', 'node'],
      registers,
    });
    this.deadLetters = new Counter({
      name: 'millrace_dead_letters_total',
      help: 'Records given up and kept in dead_letters.',
      labelNames: ['topology', 'node'],
      registers,
    });
    this.restarts = new Counter({
      name: 'millrace_task_restarts_total',
      help: 'Tasks begun anew after a failure.',
      labelNames: ['topology'],
      registers,
    });
    this.units = new Histogram({
      name: 'millrace_unit_seconds',
      help: 'From a batch being read to its unit of work being committed.',
      labelNames: ['topology', 'source'],
      buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    });
    this.underWay = new Gauge({
      name: 'millrace_units_in_flight',
      help: 'Units of work under way.',
      labelNames: ['topology'],
      registers,
    });
  }

  /** The observer of one task; `counts` and `positions` feed status. */
  observer(
    topology: string,
    logger: Logger,
    counts: Map<string, NodeCounts>,
    positions: Map<string, number>,
  ): TaskObserver {
    const count = (node: string): NodeCounts => {
      let entry = counts.get(node);
      if (!entry) {
        entry = { records: 0, retries: 0, dead_letters: 0 };
        counts.set(node, entry);
      }
      return entry;
    };
    return {
      passed: (node, taken) => {
        count(node).records += taken;
        this.records.inc({ topology, node }, taken);
      },
      committed: (source, next, seconds) => {
        positions.set(source, next);
        this.units.observe({ topology, source }, seconds);
      },
      retried: (node, error, attempt) => {
        count(node).retries++;
        this.retries.inc({ topology, node });
        // The first, then each tenth: a part that is down for an hour must not fill the log.
        if (attempt === 1 || attempt % 10 === 0)
          logger.warn({ topology, node, attempt, error: messageOf(error) }, 'failed, trying again');
      },
      deadLettered: (node, error) => {
        count(node).dead_letters++;
        this.deadLetters.inc({ topology, node });
        logger.error({ topology, node, error: messageOf(error) }, 'given up: record kept in dead_letters');
      },
      took: () => undefined,
      inFlight: (change) => this.underWay.inc({ topology }, change),
    };
  }
}
