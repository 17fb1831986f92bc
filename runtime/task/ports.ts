import type { Log } from '../../platform/log/port.ts';
import type { PushWork } from '../../platform/push/work.ts';
import type { Codec } from '../../platform/schemas/codec.ts';
import type { SearchIndex } from '../../platform/search/port.ts';
import type { StateStore } from '../../platform/state/port.ts';
import type { Tracing } from '../../platform/tracing/port.ts';
import type { Units } from '../../platform/units/port.ts';
import type { Clock } from '../clock.ts';
import type { Snapshots } from '../snapshots/snapshots.ts';

/** The engines on which tasks run. */
export interface TaskPorts {
  log: Log;
  state: StateStore;
  units: Units;
  search: SearchIndex;
  /** Unset: no topology here pushes. */
  push?: PushWork;
  clock: Clock;
  codec: Codec;
  /** Unset: no traces. */
  tracing?: Tracing;
  /** Where states may have to be made on other machines. */
  snapshots?: Snapshots;
}
