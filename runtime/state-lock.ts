import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Processor } from './processor.ts';

/** The version of each processor's state, with a fingerprint of the tables that it had: states.json beside processors. */
export type StateLock = { [processor: string]: { version: number; tables: string } };

export function readStateLock(folder: string): StateLock {
  const file = `${folder}/states.json`;
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as StateLock) : {};
}

/** The text of states.json. Error: tables that changed while the version stayed. */
export function stateLockText(processors: Map<string, Processor>, before: StateLock): string {
  const lock: StateLock = {};
  for (const [name, processor] of processors) {
    if (!processor.tables) continue;
    if (tablesChanged(name, processor, before))
      throw new Error(
        `processors/${name}: its tables changed; raise stateVersion above ${processor.stateVersion ?? 1}`,
      );
    lock[name] = { version: processor.stateVersion ?? 1, tables: fingerprint(processor) };
  }
  return `${JSON.stringify(lock, null, 2)}\n`;
}

/** Whether a processor's tables differ from those that its version had. */
export function tablesChanged(name: string, processor: Processor, lock: StateLock): boolean {
  const known = lock[name];
  return (
    known !== undefined && known.version === (processor.stateVersion ?? 1) && known.tables !== fingerprint(processor)
  );
}

function fingerprint({ tables = {} }: Processor): string {
  const shape = Object.entries(tables)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { expires_ms, row }]) => [name, expires_ms ?? null, row ?? null]);
  return createHash('sha256').update(JSON.stringify(shape)).digest('hex').slice(0, 16);
}
