#!/usr/bin/env bash
# Elasticsearch on 127.0.0.1 without security, for tests and trials. Idempotent; returns once it answers.
# Env: ES_PORT, ES_DATA (data, config, logs), ES_DIST (the server; fetched by default), ES_HEAP, ES_JAVA_HOME (Java >= 21).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/places.sh"
url=http://127.0.0.1:$port; heap=${ES_HEAP:-512m}
ready() { curl -fsS --max-time 5 -o /dev/null "$url/_cluster/health?wait_for_status=yellow&timeout=2s" 2>/dev/null; }
told() { echo "ELASTICSEARCH_URL=$url"; echo "ELASTICSEARCH_PID=$pid"; }
if alive && ready; then told; exit 0; fi

java=${ES_JAVA_HOME:-}
if [ -z "$java" ]; then for home in /usr/lib/jvm/*/; do
  found=$("$home/bin/java" -version 2>&1 | sed -nE '1s/.*"([0-9]+).*/\1/p' || true)
  if [ "${found:-0}" -ge 21 ]; then java=${home%/}; break; fi
done; fi
[ -n "$java" ] || { echo "Elasticsearch needs Java 21 or newer; set ES_JAVA_HOME" >&2; exit 1; }

if ! alive; then
  mkdir -p "$(dirname "$dist")"
  "$here/fetch.sh" "$dist"
  mkdir -p "$data"/{data,logs,tmp,state,config/jvm.options.d}
  cp "$dist"/config/{log4j2.properties,jvm.options} "$data/config/"
  sed -e "s|@data@|$data|g; s|@port@|$port|g; s|@transport@|$((port + 100))|g" "$here/elasticsearch.yml.in" >"$data/config/elasticsearch.yml"
  printf -- '-Xms%s\n-Xmx%s\n' "$heap" "$heap" >"$data/config/jvm.options.d/heap.options"
  as=()
  # It refuses to run as root.
  if [ "$(id -u)" = 0 ]; then as=(setpriv --reuid nobody --regid nogroup --clear-groups); chown -R nobody:nogroup "$data"; fi
  cd "$dist"
  "${as[@]}" env -i PATH=/usr/bin:/bin HOME="$data/tmp" LANG=C.UTF-8 ES_TMPDIR="$data/tmp" \
    JAVA="$java/bin/java" JAVA_TYPE=ES_JAVA_HOME ES_HOME="$dist" ES_PATH_CONF="$data/config" ES_DISTRIBUTION_TYPE=tar \
    ES_JAVA_OPTS="${ES_JAVA_OPTS:-}" CLI_JAVA_OPTS="-Xms4m -Xmx64m -XX:+UseSerialGC" \
    "$java/bin/java" -Xms4m -Xmx64m -XX:+UseSerialGC -cp "$dist/lib/tools/server-launcher/*" \
    org.elasticsearch.server.launcher.ServerLauncher -d -p "$pidfile" </dev/null >"$data/state/start.log" 2>&1 ||
    { tail -40 "$data/state/start.log" >&2; exit 1; }
fi
for _ in $(seq 480); do
  alive || { echo "Elasticsearch ended; see $data/logs" >&2; tail -40 "$data/state/start.log" >&2; exit 1; }
  if ready; then told; exit 0; fi
  sleep 0.25
done
echo "Elasticsearch did not answer in two minutes; see $data/logs" >&2; exit 1
