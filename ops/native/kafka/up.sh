#!/usr/bin/env bash
# Kafka (KRaft) and a schema registry (Apicurio, Confluent's API) on 127.0.0.1. Idempotent. Needs Java 17 and Maven.
#   NODES=1|3  FRESH=1 (forget all data)  KAFKA_PORT  REGISTRY_PORT
#   KAFKA_HOME  where downloads (160 MB), data and logs lie; default: a folder in the user's cache, never this one
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
home=${KAFKA_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/millrace/kafka}
mkdir -p "$home"
cmp -s "$here/pom.xml" "$home/pom.xml" || cp "$here/pom.xml" "$home/pom.xml"
cd "$home"
CDS=${CDS-1}
NODES=${NODES:-1} KAFKA_PORT=${KAFKA_PORT:-19092} REGISTRY_PORT=${REGISTRY_PORT:-18081}
H=127.0.0.1 CLUSTER=Zm9yLWtha3R1cy1kZXYtMQ
mkdir -p run log data
alive() { [[ -s run/$1.pid && $(readlink "/proc/$(<run/$1.pid)/cwd") == "$PWD" ]]; } # not just that number
port_open() { (: <"/dev/tcp/$H/$1") 2>/dev/null; }
die() { echo "up.sh: $*" >&2; exit 1; }
# name, arguments of java : own session, so that a caller's Ctrl-C leaves it alone. Without counters for jps, over which a JVM that
# starts goes into another folder for a moment: `alive` would not know it.
start() {
  local n=$1; shift
  setsid nohup java -XX:-UsePerfData "$@" </dev/null >"log/$n.log" 2>&1 & echo $! >"run/$n.pid"
}
cds() { # name -> the JVM option
  [[ ${CDS:-} ]] || return 0
  if [[ -s run/$1.jsa ]]; then echo "-XX:SharedArchiveFile=run/$1.jsa"; else echo "-XX:ArchiveClassesAtExit=run/$1.jsa"; fi
}
wait_for() { # name, seconds, command...
  local n=$1 end=$((SECONDS + $2)); shift 2
  until "$@" >/dev/null 2>&1; do
    alive "$n" || die "$n ended: $(tail -n 5 "log/$n.log")"
    ((SECONDS < end)) || die "$n not ready in time; see log/$n.log"
    sleep 0.1
  done
}

# 1. download (once)
if [[ ! -f run/.downloaded || pom.xml -nt run/.downloaded ]]; then
  rm -rf lib registry target run/*.jsa
  mvn -B -q dependency:copy-dependencies dependency:unpack
  touch run/.downloaded
fi
[[ ${FRESH:-} ]] && { KAFKA_HOME=$home "$here/down.sh"; rm -rf data; mkdir data; }
[[ $(cat data/nodes 2>/dev/null || echo "$NODES") == "$NODES" ]] || die "data/ is of $(<data/nodes) node(s): use FRESH=1"
echo "$NODES" >data/nodes

# 2. registry
if ! alive registry; then
  port_open $REGISTRY_PORT && die "port $REGISTRY_PORT is taken by something else"
  start registry -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 $(cds registry) \
    -Dquarkus.http.host=$H -Dquarkus.http.port=$REGISTRY_PORT \
    -Dapicurio.datasource.url="jdbc:h2:file:$PWD/data/registry" \
    -Dapicurio.ccompat.use-canonical-hash=true -Dquarkus.log.level=WARN -Dquarkus.http.access-log.enabled=false \
    ${REGISTRY_OPTS:-} -jar registry/apicurio-registry-app-*-runner.jar
fi

# 3. broker(s)
voters= ; boot=
for i in $(seq "$NODES"); do
  voters+=,$i@$H:$((KAFKA_PORT + 100 + i)); boot+=,$H:$((KAFKA_PORT + i - 1))
done
RF=$((NODES < 3 ? 1 : 3)) ISR=$((NODES < 3 ? 1 : 2))
export CLASSPATH="$PWD/lib/*"
LOG=(-Dorg.slf4j.simpleLogger.defaultLogLevel=warn -Dorg.slf4j.simpleLogger.showDateTime=true)
for i in $(seq "$NODES"); do
  alive kafka$i && continue
  p=$((KAFKA_PORT + i - 1)) c=$((KAFKA_PORT + 100 + i))
  port_open $p && die "port $p is taken by something else"
  cat >run/kafka$i.properties <<P
process.roles=broker,controller
node.id=$i
controller.quorum.voters=${voters#,}
listeners=PLAINTEXT://$H:$p,CONTROLLER://$H:$c
advertised.listeners=PLAINTEXT://$H:$p
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs=$PWD/data/kafka$i
auto.create.topics.enable=false
default.replication.factor=$RF
min.insync.replicas=$ISR
offsets.topic.replication.factor=$RF
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=$RF
transaction.state.log.min.isr=$ISR
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=$RF
share.coordinator.state.topic.min.isr=$ISR
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=4194304
log.segment.bytes=134217728
log.retention.hours=2
# A broker that is gone is noticed in four seconds, not nine: sends wait for that long, and so does one that was killed and comes back.
broker.session.timeout.ms=4000
broker.heartbeat.interval.ms=1000
# Where it led the controllers, another of them begins to count those seconds only when it leads: that adds to them.
controller.quorum.fetch.timeout.ms=1000
controller.quorum.election.timeout.ms=500
controller.quorum.election.backoff.max.ms=500
P
  if [[ ! -f data/kafka$i/meta.properties ]]; then
    java -Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 "${LOG[@]}" \
      kafka.tools.StorageTool format -t $CLUSTER -c run/kafka$i.properties >log/format$i.log 2>&1 || die "$(<log/format$i.log)"
  fi
  start kafka$i -Xms256m -Xmx${KAFKA_HEAP:-512m} ${KAFKA_JVM:--XX:+UseSerialGC} $(cds kafka$i) "${LOG[@]}" \
    kafka.Kafka run/kafka$i.properties
done

# 4. ready
for i in $(seq "$NODES"); do wait_for kafka$i 120 port_open $((KAFKA_PORT + i - 1)); done
SR=http://$H:$REGISTRY_PORT/apis/ccompat/v7
# also sets Confluent's default level; Apicurio's own is NONE
wait_for registry 120 curl -fsS -m 2 -X PUT -H 'content-type: application/json' -d '{"compatibility":"BACKWARD"}' $SR/config
echo "KAFKA_BROKERS=${boot#,}"
echo "SCHEMA_REGISTRY_URL=$SR"
