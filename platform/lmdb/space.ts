import { statfsSync } from 'node:fs';
import { notWritable } from './not-writable.ts';

/** With less space than this left no write is begun: lmdb does not survive a disk that is full in the middle of one. */
export const leastFree_bytes = 64 * 1024 * 1024;

export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** For a start, which writes. Error: `data_folder_not_writable`. */
export function refuseFullDisk(folder: string): void {
  const free = freeBytes(folder);
  if (free >= leastFree_bytes) return;
  const [left, least] = [free, leastFree_bytes].map((bytes) => Math.floor(bytes / 1024 / 1024));
  throw notWritable(folder, `its disk has ${left} MiB left, and ${least} are needed`);
}
