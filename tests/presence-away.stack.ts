import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { startRedis } from '../platform/presence/redis/stack-engine.ts';
import { eventually } from './support/eventually.ts';
import { workspace } from './support/person.ts';
import { Server } from './support/server.ts';

const redis = startRedis();
after(() => redis.stop());

it('while Redis is away messages flow and presence says offline; afterwards it knows who is here', async () => {
  const server = await Server.start({ MILLRACE_PRESENCE: 'redis', MILLRACE_REDIS_URL: redis.url });
  try {
    const { person } = workspace(server);
    const [alice, bob] = [await person('alice'), await person('bob')];
    const channel = await alice.makes('public', 'general', [bob]);
    const statusOf = async (user: string) => (await alice.get(`/v1/presence?user_id=${user}`)).body.presence[0]!.status;
    const socket = await bob.socket();
    await eventually(async () => assert.equal(await statusOf('bob'), 'online'));
    assert.equal((await redis.client.keys('millrace:user_conn:*:bob')).length, 1);
    await redis.kill();
    assert.equal(await statusOf('bob'), 'offline');
    await alice.say(channel, 'is anybody here? <!here>');
    assert.equal((await socket.event('message.created')).event.message.text, 'is anybody here? <!here>');
    const ack = await socket.ask({ type: 'presence.watch', user_ids: ['alice'] });
    assert.deepEqual(ack.presence, [{ user_id: 'alice', status: 'offline' }]);
    assert.equal((await bob.put('/v1/presence', { status: 'busy' })).status, 503);
    // One who comes while it is away.
    await bob.socket();
    redis.start();
    await eventually(async () => assert.equal(await statusOf('bob'), 'online'), 15_000);
    assert.match(server.stderr, /Redis does not answer/);
  } finally {
    await server.stop();
  }
});
