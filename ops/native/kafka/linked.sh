#!/usr/bin/env bash
# A broker of its own with a second address, which it tells those who come by it: a proxy's, that a test cuts. On the jars
# that up.sh has fetched.
#   linked.sh up      LINKED_PORT (the link listens at the next one), LINKED_ADVERTISED (the proxy's port)
#   linked.sh down
# Env: KAFKA_HOME (as up.sh), LINKED_DATA (removed by down).
set -euo pipefail
home=${KAFKA_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/millrace/kafka}
data=${LINKED_DATA:?a folder of its own}
H=127.0.0.1
runs() { [[ -s $data/pid && $(readlink "/proc/$(<"$data/pid")/cwd") == "$data" ]]; }
stop() {
  if runs; then
    pid=$(<"$data/pid"); kill "$pid"
    for _ in $(seq 150); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -9 "$pid" 2>/dev/null || true
  fi
  rm -rf "$data"
}
[[ $1 == down ]] && { stop; exit 0; }
port=${LINKED_PORT:?}; link=$((port + 1))
stop; mkdir -p "$data"; chmod 700 "$data"; cd "$data"
export CLASSPATH="$home/lib/*"
cat >server.properties <<P
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@$H:$((port + 2))
listeners=INSIDE://$H:$port,LINK://$H:$link,CONTROLLER://$H:$((port + 2))
advertised.listeners=INSIDE://$H:$port,LINK://$H:${LINKED_ADVERTISED:?}
listener.security.protocol.map=INSIDE:PLAINTEXT,LINK:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=INSIDE
log.dirs=$data/log
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
P
java -Xmx128m -XX:TieredStopAtLevel=1 kafka.tools.StorageTool format -t Zm9yLWtha3R1cy1kZXYtMQ -c server.properties >format.log 2>&1
# Without counters for jps, over which a JVM that starts goes into another folder for a moment: `runs` would not know it.
setsid nohup java -XX:-UsePerfData -Xms128m -Xmx384m -XX:+UseSerialGC kafka.Kafka server.properties </dev/null >log.txt 2>&1 &
echo $! >pid
for _ in $(seq 1200); do
  (: <"/dev/tcp/$H/$port") 2>/dev/null && { echo "KAFKA_BROKERS=$H:$port"; echo "KAFKA_LINK_PORT=$link"; exit 0; }
  runs || break
  sleep 0.1
done
tail -n 20 log.txt >&2; exit 1
