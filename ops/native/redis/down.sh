#!/usr/bin/env bash
# Stops the server of up.sh's data folder, and no other. Env: REDIS_PORT, REDIS_DATA.
set -euo pipefail
port=${REDIS_PORT:-16379}; data=${REDIS_DATA:-${TMPDIR:-/tmp}/millrace-redis-$(id -u)-$port}
pid=$(cat "$data/redis.pid" 2>/dev/null || true)
if [ -z "$pid" ] || ! grep -q "^redis-server" "/proc/$pid/cmdline" 2>/dev/null; then echo "not running"; exit 0; fi
kill "$pid"
for _ in $(seq 50); do [ -d "/proc/$pid" ] || exit 0; sleep 0.1; done
kill -9 "$pid"
