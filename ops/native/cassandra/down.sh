#!/usr/bin/env bash
# Stops the nodes of up.sh's data folder, and no others. Env: CASSANDRA_NODES, CASSANDRA_DATA, CASSANDRA_ONLY (this node).
set -euo pipefail
data=${CASSANDRA_DATA:-${TMPDIR:-/tmp}/millrace-cassandra-$(id -u)-${CASSANDRA_NODES:-1}}
runs() { [ -e "/proc/$1" ] && tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | grep -qF -- "-Dcassandra.storagedir=$2/data "; }
for file in "$data"/n${CASSANDRA_ONLY:-*}/pid; do
  [ -e "$file" ] || continue
  node=$(dirname "$file"); pid=$(cat "$file")
  if runs "$pid" "$node"; then
    kill -CONT "$pid"; kill "$pid"
    for _ in $(seq 150); do runs "$pid" "$node" || break; sleep 0.2; done
    if runs "$pid" "$node"; then kill -KILL "$pid"; fi
  fi
  rm -f "$file"
done
