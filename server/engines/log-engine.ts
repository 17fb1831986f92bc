import type { Log } from '../../platform/log/port.ts';
import type { MessageStore } from '../../platform/messages/port.ts';
import type { Codec } from '../../platform/schemas/codec.ts';
import type { StateStore } from '../../platform/state/port.ts';
import type { Units } from '../../platform/units/port.ts';

/** The log with what moves together with it. */
export interface LogEngine {
  codec: Codec;
  log: Log;
  state: StateStore;
  units: Units;
  messages: MessageStore;
  /** Resolves once other processes can know how far this one has come. Error: `unavailable`. */
  handOver(): Promise<void>;
  close(): Promise<void>;
}
