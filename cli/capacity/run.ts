import type { Terminal } from '../command.ts';
import { capacityOf } from './capacity.ts';
import type { Demand } from './demand.ts';
import { renderCapacity } from './render.ts';

export function runCapacity(
  given: Partial<Demand>,
  { seed, json }: { seed: number; json?: boolean },
  terminal: Terminal,
) {
  const capacity = capacityOf(given, seed);
  terminal.out(json ? JSON.stringify(capacity, null, 2) : renderCapacity(capacity, seed));
}
