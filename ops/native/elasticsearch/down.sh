#!/usr/bin/env bash
# Stops the server of up.sh's data folder, and no other. The data stays.
set -euo pipefail
. "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/places.sh"
alive || { rm -f "$pidfile"; echo "not running"; exit 0; }
kill "$pid"
for _ in $(seq 120); do [ -d "/proc/$pid" ] || break; sleep 0.25; done
[ ! -d "/proc/$pid" ] || kill -9 "$pid"
rm -f "$pidfile"
