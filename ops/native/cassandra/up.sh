#!/usr/bin/env bash
# Cassandra on loopback from Maven Central's jars, without a container. Idempotent; waits until it answers.
# Env: CASSANDRA_NODES (1 or 3; node i listens on 127.0.0.i), CASSANDRA_PORT, CASSANDRA_DATA (delete it for a fresh cluster),
#      CASSANDRA_LIB (the jars), CASSANDRA_HEAP, CASSANDRA_JAVA_HOME (Java 17: newer ones lack the Security Manager),
#      CASSANDRA_ONLY (start this node only, after a kill).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
nodes=${CASSANDRA_NODES:-1}; port=${CASSANDRA_PORT:-19042}; heap=${CASSANDRA_HEAP:-512m}
data=${CASSANDRA_DATA:-${TMPDIR:-/tmp}/millrace-cassandra-$(id -u)-$nodes}
lib=${CASSANDRA_LIB:-${XDG_CACHE_HOME:-$HOME/.cache}/millrace/cassandra-5.0.9}
home=${CASSANDRA_JAVA_HOME:-$(ls -d /usr/lib/jvm/*17* 2>/dev/null | head -1 || true)}
java=${home:+$home/bin/}java
command -v "$java" >/dev/null || { echo "Java 17 is missing: apt-get install openjdk-17-jre-headless" >&2; exit 1; }
storage=$((port + 1)); seeds=$(seq -f "127.0.0.%g:$storage" -s, "$nodes")
mkdir -p "$data"

if [ ! -e "$lib/.complete" ]; then        # about 90 MB, once; jars that are there may be read-only
  command -v mvn >/dev/null || { echo "Maven is missing: apt-get install maven" >&2; exit 1; }
  mkdir -p "$(dirname "$lib")"
  exec 9>"$lib.lock"; flock 9             # two callers at once: the second finds them
  if [ ! -e "$lib/.complete" ]; then
    rm -rf "$lib" "$lib.tmp"
    mvn -B -q -Dstyle.color=never -f "$here/pom.xml" "-Dlib=$lib.tmp" dependency:copy-dependencies >&2
    touch "$lib.tmp/.complete"; mv "$lib.tmp" "$lib"
  fi
fi
exec 9>"$data/lock"; flock 9              # and the nodes up

# The OPTIONS frame of CQL v4; the answer, SUPPORTED, begins with 0x84.
answers() { local b; b=$( { exec 3<>"/dev/tcp/$1/$port" && printf '\004\000\000\000\005\000\000\000\000' >&3 &&
  timeout 2 head -c1 <&3 | od -An -tx1; } 2>/dev/null ) && [ "${b// /}" = 84 ]; }
# A pid may have gone to another process: ours names its data folder.
ours() { local p; p=$(cat "$1/pid" 2>/dev/null) && [ -e "/proc/$p" ] && tr '\0' ' ' 2>/dev/null <"/proc/$p/cmdline" | grep -qF -- "-Dcassandra.storagedir=$1/data "; }

launch() { # 1: number  2: its folder
  mkdir -p "$2"/{conf,data,tmp}
  # One fixed token a node, evenly spaced over the ring.
  local token; token=$(python3 -c "print(-2**63 + 1 + ($1 - 1) * 2**64 // $nodes)")
  sed -e "s|@DIR@|$2|g" -e "s|@IP@|127.0.0.$1|g" -e "s|@PORT@|$port|g" -e "s|@STORAGE_PORT@|$storage|g" \
    -e "s|@SEEDS@|$seeds|g" -e "s|@TOKEN@|$token|g" "$here/cassandra.yaml.in" >"$2/conf/cassandra.yaml"
  setsid "$java" -Xms"$heap" -Xmx"$heap" -XX:+UseG1GC -XX:MaxGCPauseMillis=100 -XX:MaxDirectMemorySize=512m -Xss512k \
    -XX:+PerfDisableSharedMem -XX:+ExitOnOutOfMemoryError -javaagent:"$(ls "$lib"/jamm-*.jar)" "@$here/java17.options" \
    -Djava.security.manager=allow -Djdk.attach.allowAttachSelf=true -Djava.net.preferIPv4Stack=true \
    -Dio.netty.tryReflectionSetAccessible=true -Djava.io.tmpdir="$2/tmp" -Djna.tmpdir="$2/tmp" \
    -Dcassandra.config="file://$2/conf/cassandra.yaml" -Dcassandra.storagedir="$2/data" -Dcassandra.logdir="$2" \
    -Dlogback.configurationFile="$here/logback.xml" -Dcassandra-foreground=yes \
    -Dcassandra.jmx.local.port=$((storage + $1)) -Dcassandra.skip_wait_for_gossip_to_settle=0 \
    -Dcassandra.ring_delay_ms=$((nodes > 1 ? 5000 : 0)) -Dcassandra.superuser_setup_delay_ms=0 \
    -Dcassandra.shutdown_announce_in_ms=0 -cp "$lib/*" org.apache.cassandra.service.CassandraDaemon \
    >>"$2/log" 2>&1 </dev/null 9>&- &
  echo $! >"$2/pid"
}
for i in ${CASSANDRA_ONLY:-$(seq "$nodes")}; do
  node=$data/n$i; since=$SECONDS
  ours "$node" || launch "$i" "$node"
  until answers "127.0.0.$i"; do
    sleep 0.2
    kill -0 "$(cat "$node/pid")" 2>/dev/null || { tail -30 "$node/log" >&2; echo "node $i ended, see $node/log" >&2; exit 1; }
    [ $((SECONDS - since)) -lt 120 ] || { echo "node $i does not answer, see $node/log" >&2; exit 1; }
  done
done
echo "CASSANDRA_CONTACT_POINTS=$(seq -f "127.0.0.%g:$port" -s, "$nodes")"
