import type { Redis } from 'ioredis';
import { inTime } from '../../deadline.ts';
import { clockOf, type Finding, fail, look, lookDeadline_ms, ok, warn } from '../../doctor.ts';
import { messageOf } from '../../errors/error.ts';
import { connect } from './connection.ts';

/** What a running Redis says about our settings. Changes nothing. */
export async function redisChecks({ url, ca }: { url: string; ca: string | undefined }): Promise<Finding[]> {
  let failed: (error: Error) => void = () => undefined;
  const redis = connect({ url, ca, gateway: 'doctor', onError: (error) => failed(error) });
  const ready = new Promise<void>((resolve, reject) => {
    redis.once('ready', resolve);
    // It would try again for ever; what the first try met is what there is to tell.
    failed = reject;
  });
  try {
    await inTime(ready, lookDeadline_ms);
  } catch (error) {
    redis.disconnect();
    return [
      fail(
        'redis',
        messageOf(error),
        'Start it, or mend MILLRACE_REDIS_URL (user and password stand in it) or MILLRACE_REDIS_CA.',
      ),
    ];
  }
  const mend = 'See its log, and that this user may run INFO, TIME and EVALSHA.';
  try {
    return (
      await Promise.all([
        look('redis', mend, () => version(redis)),
        look('redis memory', mend, () => memory(redis)),
        look('redis clock', mend, () => clock(redis)),
      ])
    ).flat();
  } finally {
    redis.disconnect();
  }
}

async function infoOf(redis: Redis): Promise<Map<string, string>> {
  const text = await redis.info();
  return new Map(text.split('\r\n').map((line) => line.split(':', 2) as [string, string]));
}

async function version(redis: Redis): Promise<Finding> {
  const info = await infoOf(redis);
  const said = info.get('redis_version') ?? 'unknown';
  if (info.get('role') === 'slave')
    return fail('redis', `version ${said}, a replica: it takes no writes`, 'Name the primary in MILLRACE_REDIS_URL.');
  if (Number(said.split('.')[0]) < 5)
    return fail('redis', `version ${said}`, 'Use 5 or newer: scripts that ask for the time are refused before that.');
  return ok('redis', `version ${said}`);
}

/** A key that is evicted is someone who shows as offline while they are here. */
async function memory(redis: Redis): Promise<Finding> {
  const info = await infoOf(redis);
  const [most, policy] = [Number(info.get('maxmemory') ?? 0), info.get('maxmemory_policy') ?? 'unknown'];
  const name = 'redis maxmemory-policy';
  if (most === 0) return ok(name, `${policy}, without a bound`);
  if (policy === 'noeviction') return ok(name, `${policy}, ${Math.round(most / 1024 / 1024)} MiB at most`);
  return warn(
    name,
    `${policy}: when memory is full, people who are here show as offline`,
    'Set maxmemory-policy noeviction, or give presence a Redis of its own.',
  );
}

function clock(redis: Redis): Promise<Finding> {
  return clockOf('redis clock', async () => {
    const [seconds, microseconds] = await redis.time();
    return Number(seconds) * 1000 + Number(microseconds) / 1000;
  });
}
