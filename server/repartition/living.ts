import { lease_ms as gatewayLease_ms } from '../../platform/leases/gateway-lease.ts';
import type { Log, LogRecord } from '../../platform/log/port.ts';
import { workersTopic } from '../../runtime/sharing/shared-work.ts';
import { lease_ms as workerLease_ms } from '../../runtime/sharing/worker-table.ts';
import type { GatewayLease, WorkerNote } from '../../schemas/generated/types.ts';

/** What a process says of itself in a topic of leases. */
interface Word {
  who: string;
  leaves: boolean;
}

/** Workers and gateways that live: none may, while what they read and write moves. */
export async function living(log: Log): Promise<string[]> {
  const [workers, gateways] = await Promise.all([
    livingIn(log, workersTopic.name, workerLease_ms, ({ worker, host, leaves }: WorkerNote) => ({
      who: `worker ${worker} on ${host}`,
      leaves,
    })),
    livingIn(log, 'gateways', gatewayLease_ms, ({ gateway, until }: GatewayLease) => ({
      who: `the gateway of slot ${gateway}`,
      leaves: until === 0,
    })),
  ]);
  return [...workers, ...gateways];
}

/** Whoever has not said that it leaves is waited for, as long as its lease: who was killed says nothing more. */
async function livingIn<Value>(
  log: Log,
  topic: string,
  lease_ms: number,
  read: (value: Value) => Word,
): Promise<string[]> {
  if (!log.topic(topic)) return [];
  const { start, end } = await log.bounds(topic, 0);
  const reader = log.reader(topic, 0, start);
  const silent = new Set<string>();
  const take = (records: LogRecord[]): Word[] => {
    const words = records.map((record) => read(record.decoded().value as Value));
    for (const { who, leaves } of words) {
      if (leaves) silent.delete(who);
      else silent.add(who);
    }
    return words;
  };
  try {
    for (let next = start; next < end; ) {
      const records = await reader.next(1000, lease_ms);
      if (records.length === 0) break;
      take(records);
      next = records.at(-1)!.offset + 1;
    }
    for (const until = Date.now() + lease_ms; silent.size > 0 && Date.now() < until; ) {
      const heard = take(await reader.next(1000, Math.max(1, until - Date.now()))).filter(({ leaves }) => !leaves);
      if (heard.length > 0) return [...new Set(heard.map(({ who }) => who))];
    }
    return [];
  } finally {
    reader.close();
  }
}
