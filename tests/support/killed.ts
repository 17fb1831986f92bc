import { readlinkSync } from 'node:fs';
import { eventually } from './eventually.ts';

/** SIGKILL; resolves once the process is gone: a large one takes a while to die, and whoever starts it anew would find it there. */
export async function killed(pid: number): Promise<void> {
  if (runs(pid)) process.kill(pid, 'SIGKILL');
  await eventually(() => {
    if (runs(pid)) throw new Error(`process ${pid} does not die`);
  }, 30_000);
}

/** One that nobody has waited for has no folder any more. */
function runs(pid: number): boolean {
  try {
    readlinkSync(`/proc/${pid}/cwd`);
    return true;
  } catch {
    return false;
  }
}
