#!/usr/bin/env bash
# PostgreSQL on 127.0.0.1 from Debian's package. Idempotent. Env: PG_PORT, PG_DATA.
set -euo pipefail
port=${PG_PORT:-15432}; data=${PG_DATA:-${TMPDIR:-/tmp}/millrace-postgres-$(id -u)}
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)
if [ ! -x "$bin/initdb" ]; then
  apt-get install -y --no-install-recommends postgresql >/dev/null
  bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
fi
as=(); if [ "$(id -u)" = 0 ]; then as=(setpriv --reuid postgres --regid postgres --init-groups); install -d -m 700 -o postgres "$data"; fi
[ -s "$data/PG_VERSION" ] || (cd / && "${as[@]}" "$bin/initdb" -D "$data" -A trust -U postgres --no-sync >/dev/null)
start() {
  (cd / && "${as[@]}" "$bin/pg_ctl" -D "$data" -w -l "$data/log" \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$data" start >/dev/null)
}
ready() { "$bin/pg_isready" -q -h 127.0.0.1 -p "$port"; }
# Not `pg_ctl status`: one that was killed, and that nobody has reaped yet, still runs for it; and then a start refuses.
for _ in $(seq 60); do
  ready && break
  start 2>/dev/null || sleep 1
done
ready || { echo "PostgreSQL does not answer on port $port: see $data/log" >&2; exit 1; }
echo "PG_URL=postgres://postgres@127.0.0.1:$port/postgres"
