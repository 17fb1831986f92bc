import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, describe, it } from 'node:test';
import { presenceContract } from './contract.ts';
import type { Presence, Status } from './port.ts';
import { lease_ms } from './port.ts';
import { gatewayLease_ms } from './redis/scripts.ts';
import { startRedis, until } from './redis/stack-engine.ts';
import { openRedisPresence } from './redis.ts';

const server = startRedis();
after(() => server.stop());

const ann = { workspace_id: 'w', user_id: 'ann' };
let prefixes = 0;
let clock = Date.UTC(2026, 0, 1);
const fresh = () => `test-${process.pid}-${prefixes++}:`;
const open = (prefix: string, gateway = 'gateway-1') =>
  openRedisPresence({ url: server.url, gateway, prefix, onError: () => undefined });

presenceContract('redis', async () => ({
  presence: await openRedisPresence({
    url: server.url,
    gateway: 'gateway-1',
    prefix: fresh(),
    onError: (error) => assert.fail(error),
    clock: () => clock,
  }),
  async pass(milliseconds) {
    clock += milliseconds;
    // Real time, for the look at ended leases goes by that.
    await new Promise((resolve) => setTimeout(resolve, 800));
  },
  now: () => clock,
}));

describe('presence in Redis', () => {
  const listen = (presence: Presence, told: Status[]) => presence.onChange((_, state) => told.push(state.status));

  it('is one for all processes, and a change is told by one of them', async () => {
    const prefix = fresh();
    const [one, other] = await Promise.all([open(prefix, 'gateway-1'), open(prefix, 'gateway-2')]);
    const told: Status[] = [];
    listen(one, told);
    listen(other, told);
    await one.touch(ann, 'phone');
    await other.touch(ann, 'laptop');
    assert.equal((await other.statuses([ann]))[0]!.status, 'online');
    await one.setIdle(ann, 'phone', true);
    await other.setIdle(ann, 'laptop', true);
    assert.deepEqual(await server.client.hgetall(`${prefix}user_conn:w:ann`), {
      phone: 'gateway-1',
      laptop: 'gateway-2',
    });
    const ttl = await server.client.pttl(`${prefix}presence:w:ann`);
    assert.ok(ttl > lease_ms - 10_000 && ttl <= lease_ms, `${ttl}`);
    await one.leave(ann, 'phone', 0);
    await other.leave(ann, 'laptop', 300);
    await until(() => told.length === 3);
    // Both have looked for ended leases by then, and neither tells it again.
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    assert.deepEqual(told, ['online', 'away', 'offline']);
    assert.equal(await server.client.exists(`${prefix}presence:w:ann`, `${prefix}user_conn:w:ann`), 0);
    await Promise.all([one.close(), other.close()]);
  });

  it('ends at once who was at a process that was closed, by another, and keeps what was set by hand', async () => {
    const prefix = fresh();
    const gone = await open(prefix, 'gone');
    await gone.touch(ann, 'phone');
    await gone.setStatus(ann, 'busy');
    const left = await open(prefix, 'left');
    const told: Status[] = [];
    listen(left, told);
    assert.equal((await left.statuses([ann]))[0]!.status, 'busy');
    await gone.close();
    await until(() => told.length > 0, 3_000);
    assert.deepEqual(told, ['offline']);
    await left.touch(ann, 'laptop');
    assert.equal((await left.statuses([ann]))[0]!.status, 'busy');
    await left.close();
  });

  it('takes the people of a gateway that dies for gone once its own lease ends, and no others', async () => {
    const prefix = fresh();
    const left = await open(prefix, 'left');
    const told: string[] = [];
    left.onChange(({ user_id }, { status }) => told.push(`${user_id} ${status}`));
    const child = spawn(process.execPath, ['--import', 'tsx', 'platform/presence/redis/kill-probe.ts'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, PROBE_URL: server.url, PROBE_PREFIX: prefix },
    });
    await once(child.stdout, 'data');
    const bob = { workspace_id: 'w', user_id: 'bob' };
    await left.touch(bob, 'laptop');
    assert.deepEqual(await server.client.hgetall(`${prefix}user_conn:w:bob`), { laptop: 'left', phone: 'dies' });
    // For longer than the lease: a gateway that lives holds its people.
    await new Promise((resolve) => setTimeout(resolve, gatewayLease_ms + 1_500));
    assert.equal((await left.statuses([ann]))[0]!.status, 'online');
    const died = performance.now();
    child.kill('SIGKILL');
    await until(() => told.includes('ann offline'), gatewayLease_ms + 2_000);
    assert.ok(performance.now() - died > gatewayLease_ms - 4_000, 'a short break is none');
    await until(async () => (await server.client.hlen(`${prefix}user_conn:w:bob`)) === 1);
    assert.equal((await left.statuses([bob]))[0]!.status, 'online');
    await until(async () => (await server.client.zcard(`${prefix}presence_gateways`)) === 1);
    await left.close();
  });

  it('has the people of a gateway that slept past its lease back once it wakes', async () => {
    const prefix = fresh();
    const sleeper = await open(prefix, 'sleeper');
    const told: Status[] = [];
    listen(sleeper, told);
    await sleeper.touch(ann, 'phone');
    const [lease] = await server.client.zrange(`${prefix}presence_gateways`, '0', '0');
    await server.client.zadd(`${prefix}presence_gateways`, '1', lease!);
    await until(() => told.length === 3);
    assert.deepEqual(told, ['online', 'offline', 'online']);
    await sleeper.close();
  });

  it('keeps ids apart that look alike once they stand in one key', async () => {
    const presence = await open(fresh());
    await presence.touch({ workspace_id: 'a:b', user_id: 'c' }, 'phone');
    const states = await presence.statuses([
      { workspace_id: 'a:b', user_id: 'c' },
      { workspace_id: 'a', user_id: 'b:c' },
    ]);
    assert.deepEqual(
      states.map((state) => state.status),
      ['online', 'offline'],
    );
    await presence.close();
  });

  it('ends thousands of leases within two seconds, each told once', async () => {
    const prefix = fresh();
    const all = await Promise.all([open(prefix), open(prefix)]);
    const offline: string[] = [];
    for (const presence of all)
      presence.onChange((person, { status }) => status === 'offline' && offline.push(person.user_id));
    const people = Array.from({ length: 2_000 }, (_, n) => ({ workspace_id: 'w', user_id: `u${n}` }));
    await Promise.all(people.map((person) => all[0]!.touch(person, 'phone')));
    await Promise.all(people.map((person) => all[0]!.leave(person, 'phone', 100)));
    await until(() => offline.length >= people.length);
    await new Promise((resolve) => setTimeout(resolve, 700));
    assert.equal(offline.length, people.length);
    assert.equal(new Set(offline).size, people.length);
    await Promise.all(all.map((presence) => presence.close()));
  });
});

describe('presence in a Redis that fails', () => {
  const unavailable = { name: 'MillraceError', code: 'unavailable' };

  it('is unavailable at once while Redis is away; afterwards who is here is here, and who left is told', async () => {
    const prefix = fresh();
    const presence = await open(prefix);
    const bob = { workspace_id: 'w', user_id: 'bob' };
    const told: string[] = [];
    presence.onChange(({ user_id }, { status }) => told.push(`${user_id} ${status}`));
    await presence.touch(ann, 'phone');
    await presence.setIdle(ann, 'phone', true);
    await presence.touch(bob, 'phone');
    told.length = 0;
    await server.kill();
    const began = performance.now();
    await assert.rejects(presence.touch(ann, 'phone'), unavailable);
    await assert.rejects(presence.statuses([ann]), unavailable);
    await assert.rejects(presence.leave(bob, 'phone', 0), unavailable);
    assert.ok(performance.now() - began < 1_000);
    server.start();
    // It came back empty, and nobody has given a sign of life.
    await until(() => told.includes('bob offline'));
    assert.deepEqual(
      (await presence.statuses([ann, bob])).map((state) => state.status),
      ['away', 'offline'],
    );
    await presence.close();
  });

  it('is unavailable in time while Redis stands still, and opens without it', async () => {
    const presence = await open(fresh());
    process.kill(server.pid(), 'SIGSTOP');
    try {
      const began = performance.now();
      await assert.rejects(presence.touch(ann, 'phone'), unavailable);
      assert.ok(performance.now() - began < 5_000);
    } finally {
      process.kill(server.pid(), 'SIGCONT');
    }
    await until(async () => (await presence.statuses([ann]).catch(() => [])).length === 1);
    await presence.close();
    const errors: Error[] = [];
    const away = await openRedisPresence({
      url: 'redis://127.0.0.1:9',
      gateway: 'g',
      onError: (error) => errors.push(error),
    });
    await assert.rejects(away.statuses([ann]), unavailable);
    assert.ok(errors.length > 0);
    await away.close();
  });
});
