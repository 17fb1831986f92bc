import { lease_ms } from '../port.ts';

/** What outlives a person's devices is forgotten a month after the last sign of them. */
const kept_ms = 30 * 86_400_000;

/** Redis has the one clock that all processes share; tests bring their own (not 0). */
const clock = `
local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end`;

/**
 * One change of one person, whole or not at all: what happened to a device, the leases that have ended, the fold (as in
 * foldStatus of the port), and whether the status is another than the one told last. Of all processes the one whose call
 * gets that answer tells the change, so it is told once.
 *
 * KEYS: presence, connections, kept, ends. ARGV: now, what, member, device, value, gateway.
 */
export const changeScript = `${clock}
local presence, connections, kept, ends = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local what, member, device, value, gateway = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local field = 'device:' .. device

if what == 'touch' or what == 'idle' then
  local idle = value
  if what == 'touch' then
    local known = redis.call('HGET', presence, field)
    idle = known and string.sub(known, -1) or value
    redis.call('HSET', kept, 'last_active_at', now)
  else
    redis.call('HSETNX', kept, 'last_active_at', now)
  end
  redis.call('HSET', presence, field, (now + ${lease_ms}) .. ' ' .. idle)
  redis.call('HSET', connections, device, gateway)
  redis.call('PEXPIRE', presence, ${lease_ms})
  redis.call('PEXPIRE', connections, ${lease_ms})
elseif what == 'set' then
  if value == 'online' then redis.call('HDEL', kept, 'set') else redis.call('HSET', kept, 'set', value) end
elseif what == 'leave' then
  local known = redis.call('HGET', presence, field)
  if known then
    local stop = tonumber(string.match(known, '^%d+'))
    redis.call('HSET', presence, field, math.min(stop, now + tonumber(value)) .. ' ' .. string.sub(known, -1))
  end
end

local live, active, first = false, false, nil
local fields = redis.call('HGETALL', presence)
for i = 1, #fields, 2 do
  if string.sub(fields[i], 1, 7) == 'device:' then
    local stop = tonumber(string.match(fields[i + 1], '^%d+'))
    if stop <= now then
      redis.call('HDEL', presence, fields[i])
      redis.call('HDEL', connections, string.sub(fields[i], 8))
    else
      live = true
      active = active or string.sub(fields[i + 1], -1) == '0'
      if not first or stop < first then first = stop end
    end
  end
end

local status = 'offline'
if live then
  status = redis.call('HGET', kept, 'set') or (active and 'online' or 'away')
  redis.call('HSET', presence, 'status', status)
  redis.call('ZADD', ends, first, member)
else
  redis.call('DEL', presence, connections)
  redis.call('ZREM', ends, member)
end
local changed = 0
if status ~= (redis.call('HGET', kept, 'told') or 'offline') then
  redis.call('HSET', kept, 'told', status)
  changed = 1
end
if what ~= 'sweep' then redis.call('PEXPIRE', kept, ${kept_ms}) end
return { status, redis.call('HGET', kept, 'last_active_at'), changed }`;

/** People with a lease that has ended: at most ARGV[2] of KEYS[1]. */
export const dueScript = `${clock}
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[2])`;
