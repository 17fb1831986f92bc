import type { Settings } from '../config/settings.ts';
import type { Directory } from '../platform/directory/port.ts';
import type { Log } from '../platform/log/port.ts';
import type { MessageStore } from '../platform/messages/port.ts';
import type { Presence } from '../platform/presence/port.ts';
import type { Rates } from '../platform/rates/port.ts';
import type { SearchIndex } from '../platform/search/port.ts';
import type { Tracing } from '../platform/tracing/port.ts';

export interface EdgePorts {
  log: Log;
  store: MessageStore;
  directory: Directory;
  search: SearchIndex;
  presence: Presence;
  rates: Rates;
  tracing: Tracing;
}

export interface EdgeOptions {
  settings: Settings;
  secret: string;
  /** The slots of all gateways, of which this process holds one under its own name. */
  gateway: { slots: readonly string[]; holder: string };
  version: string;
  /** Whether the rest of the process works. */
  healthy(): boolean;
}
