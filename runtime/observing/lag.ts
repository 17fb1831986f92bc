import { MillraceError } from '../../platform/errors/error.ts';
import type { Log } from '../../platform/log/port.ts';

/** For how many seconds the record at an offset has lain there, untaken; 0 where retention has just removed it. */
export async function secondsBehind(
  log: Log,
  { topic, partition, next }: { topic: string; partition: number; next: number },
  now_ms: number,
): Promise<number> {
  const reader = log.reader(topic, partition, next);
  try {
    const [oldest] = await reader.next(1, 0);
    return oldest ? Math.max(0, (now_ms - oldest.time) / 1000) : 0;
  } catch (error) {
    if (error instanceof MillraceError && error.code === 'conflict') return 0;
    throw error;
  } finally {
    reader.close();
  }
}
