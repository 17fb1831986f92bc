import { openRedisPresence } from '../redis.ts';

/** For tests: a gateway where ann and bob are, until it is killed. */
const presence = await openRedisPresence({
  url: process.env['PROBE_URL']!,
  prefix: process.env['PROBE_PREFIX'],
  gateway: 'dies',
  onError: (error) => console.error(error),
});
const here = (): Promise<unknown> =>
  Promise.all(['ann', 'bob'].map((user_id) => presence.touch({ workspace_id: 'w', user_id }, 'phone')));
await here();
setInterval(here, 5_000);
console.log('here');
