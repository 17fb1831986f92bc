#!/usr/bin/env bash
# nodetool for node CASSANDRA_ONLY (default 1) that up.sh runs, with the same env: ./nodetool.sh status
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
node=${CASSANDRA_ONLY:-1}
data=${CASSANDRA_DATA:-${TMPDIR:-/tmp}/millrace-cassandra-$(id -u)-${CASSANDRA_NODES:-1}}/n$node
lib=${CASSANDRA_LIB:-${XDG_CACHE_HOME:-$HOME/.cache}/millrace/cassandra-5.0.9}
home=${CASSANDRA_JAVA_HOME:-$(ls -d /usr/lib/jvm/*17* 2>/dev/null | head -1 || true)}
exec "${home:+$home/bin/}java" -Xmx128m -XX:TieredStopAtLevel=1 -Djava.security.manager=allow \
  "@$here/java17.options" \
  -Dcassandra.config="file://$data/conf/cassandra.yaml" -Dcassandra.storagedir="$data/data" \
  -Dlogback.configurationFile="$here/logback-tools.xml" \
  -cp "$lib/*" org.apache.cassandra.tools.NodeTool -h 127.0.0.1 -p $((${CASSANDRA_PORT:-19042} + 1 + node)) "$@"
