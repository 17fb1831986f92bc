import type { Append, Log, LogReader, Position, TopicSpec } from '../../platform/log/port.ts';
import type { Unit, Units } from '../../platform/units/port.ts';
import { Crash, TornEngine } from '../../runtime/testing/torn-engine.ts';
import { codec } from './pipeline.ts';

/**
 * An engine with atomic commits under processes that die: each life's writes are numbered, and a life ends right before or
 * right after one of them has taken place. A dead process does nothing more.
 */
export class DyingEngine {
  readonly engine: TornEngine;

  constructor(clock: () => number) {
    this.engine = new TornEngine(codec, clock);
  }

  /** The ports of a process that dies at its write number `at` (from 0), if it gets there. */
  life(at: number, when: 'before' | 'after'): { log: Log; units: Units; died(): boolean; writes(): number } {
    const { engine } = this;
    let count = 0;
    let dead = false;
    async function write<Result>(work: () => Promise<Result>): Promise<Result> {
      if (dead) throw new Crash('this process is dead');
      const mine = count++;
      if (mine === at) dead = true;
      if (mine === at && when === 'before') throw new Crash(`before write ${mine}`);
      const result = await work();
      if (mine === at) throw new Crash(`after write ${mine}`);
      return result;
    }
    const log: Log = {
      declare: (topics: TopicSpec[]) => engine.log.declare(topics),
      topic: (name) => engine.log.topic(name),
      isVolatile: (name) => engine.log.isVolatile(name),
      append: (records: Append[]): Promise<Position[]> => write(() => engine.log.append(records)),
      reader: (topic, partition, from): LogReader => engine.log.reader(topic, partition, from),
      bounds: (topic, partition) => engine.log.bounds(topic, partition),
      offsetAt: (topic, partition, time) => engine.log.offsetAt(topic, partition, time),
      close: async () => undefined,
    };
    const units: Units = {
      commit: (unit: Unit) => write(() => engine.commit(unit)),
      offset: (consumer, partition) => engine.offset(consumer, partition),
    };
    return { log, units, died: () => dead, writes: () => count };
  }
}
