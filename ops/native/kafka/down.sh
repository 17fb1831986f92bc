#!/usr/bin/env bash
# Stops only what up.sh started (by its pid files, checked against the process's working folder).
cd "${KAFKA_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/millrace/kafka}" 2>/dev/null || exit 0
stop=()
for f in run/*.pid; do
  [[ -s $f ]] || continue
  p=$(<"$f"); rm -f "$f"
  [[ $(readlink "/proc/$p/cwd") == "$PWD" && $(readlink "/proc/$p/exe") == */java ]] || continue
  kill "$p" && stop+=("$p")
done
for p in "${stop[@]}"; do
  for _ in $(seq 200); do kill -0 "$p" 2>/dev/null || continue 2; sleep 0.1; done
  kill -9 "$p"
done
