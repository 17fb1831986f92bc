#!/usr/bin/env bash
# A broker of its own that takes clients under TLS with SCRAM or PLAIN only, on the jars that up.sh has fetched; for tests.
#   secure.sh up CERT KEY    certificate and key as PEM files; user millrace, password `open sesame`
#   secure.sh down
# Env: KAFKA_HOME (as up.sh), SECURE_PORT, SECURE_DATA (removed by down).
set -euo pipefail
home=${KAFKA_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/millrace/kafka}
port=${SECURE_PORT:-19492}; data=${SECURE_DATA:-${TMPDIR:-/tmp}/millrace-kafka-secure-$(id -u)}
H=127.0.0.1; password='open sesame'
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
stop; mkdir -p "$data"; chmod 700 "$data"; cd "$data"
export CLASSPATH="$home/lib/*"
pem() { awk '{ printf "%s\\n", $0 }' "$1"; } # a properties file has it in one line
cat >server.properties <<P
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@$H:$((port + 2))
listeners=SECURE://$H:$port,INSIDE://$H:$((port + 1)),CONTROLLER://$H:$((port + 2))
advertised.listeners=SECURE://$H:$port,INSIDE://$H:$((port + 1))
listener.security.protocol.map=SECURE:SASL_SSL,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=INSIDE
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.secure.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.secure.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.secure.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_millrace="$password";
ssl.keystore.type=PEM
ssl.keystore.certificate.chain=$(pem "$2")
ssl.keystore.key=$(pem "$3")
log.dirs=$data/log
auto.create.topics.enable=false
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
P
java -Xmx128m -XX:TieredStopAtLevel=1 kafka.tools.StorageTool format -t Zm9yLWtha3R1cy1kZXYtMQ -c server.properties \
  --add-scram "SCRAM-SHA-256=[name=millrace,password=$password]" --add-scram "SCRAM-SHA-512=[name=millrace,password=$password]" >format.log 2>&1
# Without counters for jps, over which a JVM that starts goes into another folder for a moment: `runs` would not know it.
setsid nohup java -XX:-UsePerfData -Xms128m -Xmx320m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 kafka.Kafka server.properties </dev/null >log.txt 2>&1 &
echo $! >pid
for _ in $(seq 600); do
  (: <"/dev/tcp/$H/$port") 2>/dev/null && { echo "KAFKA_SECURE_BROKERS=$H:$port"; exit 0; }
  runs || break
  sleep 0.1
done
tail -n 20 log.txt >&2; exit 1
