import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * This process's name among those that share the work: it lies in the data folder, which one process holds at a time, so the
 * next life of a process is known as its own and needs to wait for no lease of the last one.
 */
export function processName(dataDir: string): string {
  const file = `${dataDir}/process-name`;
  if (!existsSync(file)) writeFileSync(file, randomBytes(6).toString('hex'));
  return readFileSync(file, 'utf8').trim();
}
