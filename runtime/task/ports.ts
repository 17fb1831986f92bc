import type { Log } from '../../platform/log/port.ts';
import type { Codec } from '../../platform/schemas/codec.ts';
import type { SearchIndex } from '../../platform/search/port.ts';
import type { StateStore } from '../../platform/state/port.ts';
import type { Units } from '../../platform/units/port.ts';
import type { Clock } from '../clock.ts';

/** The engines on which tasks run. */
export interface TaskPorts {
  log: Log;
  state: StateStore;
  units: Units;
  search: SearchIndex;
  clock: Clock;
  codec: Codec;
}
