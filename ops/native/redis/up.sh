#!/usr/bin/env bash
# Redis on 127.0.0.1 from Debian's package, nothing kept on disk. Idempotent; returns once it answers. Env: REDIS_PORT, REDIS_DATA.
set -euo pipefail
port=${REDIS_PORT:-16379}; data=${REDIS_DATA:-${TMPDIR:-/tmp}/millrace-redis-$(id -u)-$port}
if ! command -v redis-server >/dev/null; then
  # The package would start a server of its own on 6379: keep it from that.
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  apt-get install -y --no-install-recommends redis-server >/dev/null
fi
mkdir -p "$data"; chmod 700 "$data"
alive() { [ -s "$data/redis.pid" ] && pid=$(<"$data/redis.pid") && grep -q "^redis-server" "/proc/$pid/cmdline" 2>/dev/null; }
alive || redis-server --port "$port" --bind 127.0.0.1 --dir "$data" --daemonize yes --pidfile "$data/redis.pid" \
  --logfile "$data/redis.log" --save "" --appendonly no >/dev/null
for _ in $(seq 100); do
  if alive && redis-cli -p "$port" ping >/dev/null 2>&1; then echo "REDIS_URL=redis://127.0.0.1:$port"; echo "REDIS_PID=$pid"; exit 0; fi
  sleep 0.1
done
echo "Redis did not answer; see $data/redis.log" >&2; exit 1
