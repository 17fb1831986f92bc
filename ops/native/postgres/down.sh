#!/usr/bin/env bash
# Stops the server of up.sh's data folder, and no other.
set -euo pipefail
data=${PG_DATA:-${TMPDIR:-/tmp}/millrace-postgres-$(id -u)}
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
as=(); [ "$(id -u)" = 0 ] && as=(setpriv --reuid postgres --regid postgres --init-groups)
cd / && "${as[@]}" "$bin/pg_ctl" -D "$data" -m fast stop
