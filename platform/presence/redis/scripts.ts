import { lease_ms } from '../port.ts';

/** What outlives a person's devices is forgotten a month after the last sign of them. */
const kept_ms = 30 * 86_400_000;

/** A gateway that is not heard of for so long is gone, and its people with it. */
export const gatewayLease_ms = 10_000;

/** Redis has the one clock that all processes share; for devices tests bring their own (not 0). */
const clock = `
local time = redis.call('TIME')
local real = time[1] * 1000 + math.floor(time[2] / 1000)
local now = tonumber(ARGV[1])
if now == 0 then now = real end`;

/**
 * One change of one person, whole or not at all: what happened to a device, the leases that have ended, the fold (as in
 * foldStatus of the port), and whether the status is another than the one told last. Of all processes the one whose call
 * gets that answer tells the change, so it is told once. A device counts while its own lease and its gateway's hold.
 *
 * KEYS: presence, connections, kept, ends, gateways. ARGV: now, what, member, device, value, gateway's name, gateway's lease,
 * beginning of the keys with a lease's people. A device's field: `END IDLE LEASE`; what is set: `STATUS` or `STATUS END`.
 */
export const changeScript = `${clock}
local presence, connections, kept, ends, gateways = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local what, member, device, value, gateway = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local own, people = ARGV[7], ARGV[8]
local function parse(text)
  local stop, idle, lease = string.match(text, '^(%d+) ([01]) (.*)$')
  return tonumber(stop), idle, lease
end
local holding = {}
local function holds(lease)
  if holding[lease] == nil then
    local stop = redis.call('ZSCORE', gateways, lease)
    holding[lease] = stop and tonumber(stop) > real or false
  end
  return holding[lease]
end
local field = 'device:' .. device

if what == 'touch' or what == 'idle' then
  local idle = value
  if what == 'touch' then
    local known = redis.call('HGET', presence, field)
    if known then idle = select(2, parse(known)) end
    redis.call('HSET', kept, 'last_active_at', now)
  else
    redis.call('HSETNX', kept, 'last_active_at', now)
  end
  redis.call('HSET', presence, field, (now + ${lease_ms}) .. ' ' .. idle .. ' ' .. own)
  redis.call('SADD', people .. own, member)
  redis.call('PEXPIRE', people .. own, ${lease_ms})
  redis.call('HSET', connections, device, gateway)
  redis.call('PEXPIRE', presence, ${lease_ms})
  redis.call('PEXPIRE', connections, ${lease_ms})
elseif what == 'set' then
  local status, stop = string.match(value, '^(%a+) ?(%d*)$')
  redis.call('HDEL', kept, 'set', 'set_until')
  if status ~= 'online' then redis.call('HSET', kept, 'set', status) end
  if status ~= 'online' and stop ~= '' then redis.call('HSET', kept, 'set_until', stop) end
elseif what == 'leave' then
  local known = redis.call('HGET', presence, field)
  if known then
    local stop, idle, lease = parse(known)
    redis.call('HSET', presence, field, math.min(stop, now + tonumber(value)) .. ' ' .. idle .. ' ' .. lease)
  end
end

local live, active, first = false, false, nil
local left, stay = {}, {}
local fields = redis.call('HGETALL', presence)
for i = 1, #fields, 2 do
  if string.sub(fields[i], 1, 7) == 'device:' then
    local stop, idle, lease = parse(fields[i + 1])
    if stop <= now or not holds(lease) then
      left[lease] = true
      redis.call('HDEL', presence, fields[i])
      redis.call('HDEL', connections, string.sub(fields[i], 8))
    else
      live = true
      stay[lease] = true
      active = active or idle == '0'
      if not first or stop < first then first = stop end
    end
  end
end

-- Swept because of a lease: that one is done with, whatever became of the device.
if what == 'sweep' and value ~= '' then left[value] = true end
for lease in pairs(left) do
  if not stay[lease] then redis.call('SREM', people .. lease, member) end
end
local stop = tonumber(redis.call('HGET', kept, 'set_until') or nil)
if stop and stop <= now then
  redis.call('HDEL', kept, 'set', 'set_until')
  stop = nil
end
local status = 'offline'
if live then
  status = redis.call('HGET', kept, 'set') or (active and 'online' or 'away')
  redis.call('HSET', presence, 'status', status)
  redis.call('ZADD', ends, stop and math.min(first, stop) or first, member)
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

/**
 * A gateway says that it lives. 1 where its lease had ended meanwhile: others have then taken its people for gone.
 * KEYS: gateways, the lease's people. ARGV: 0, lease.
 */
export const renewScript = `${clock}
local stop = redis.call('ZSCORE', KEYS[1], ARGV[2])
redis.call('ZADD', KEYS[1], real + ${gatewayLease_ms}, ARGV[2])
redis.call('PEXPIRE', KEYS[2], ${lease_ms})
return stop and tonumber(stop) > real and 0 or 1`;

/**
 * A lease of a gateway that has ended and some of the people who were there, at most ARGV[2]. One without people is forgotten.
 * KEYS: gateways. ARGV: 0, count, beginning of the keys with a lease's people.
 */
export const goneScript = `${clock}
for _, lease in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', real)) do
  local people = redis.call('SRANDMEMBER', ARGV[3] .. lease, ARGV[2])
  if #people > 0 then
    table.insert(people, 1, lease)
    return people
  end
  redis.call('ZREM', KEYS[1], lease)
end
return {}`;
