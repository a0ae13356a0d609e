#!/usr/bin/env bash
# A Kafka broker refuses a whole batch for one record that is stamped too far ahead.
#
# Ten records are sent in one batch, one of them stamped two hours ahead; the topic has the broker's own setting
# message.timestamp.after.max.ms (one hour since Kafka 4.0).
#
# Expected: the broker accepts the nine valid records and refuses the one.
# Seen: it refuses all ten, and the topic stays empty. A producer that does not send the nine again loses them.
# Clients differ in whether they can identify the one; librdkafka reports the same error for all ten.
set -euo pipefail

folder=$(mktemp -d)
broker=
finish() {
    if [[ -n $broker ]]; then
        kill "$broker" 2>/dev/null || true
        wait "$broker" 2>/dev/null || true
    fi
    rm -rf "$folder"
}
trap finish EXIT
cd "$folder"

cat >pom.xml <<'XML'
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>findings</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>4.1.1</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
XML
mvn --quiet --batch-mode dependency:copy-dependencies -DoutputDirectory="$folder/jars"
python3 -m venv client
client/bin/pip install --quiet confluent-kafka==2.16.1

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
port=$(free_port)
controller=$(free_port)
cat >server.properties <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
advertised.listeners=PLAINTEXT://127.0.0.1:$port
controller.listener.names=CONTROLLER
log.dirs=$folder/data
offsets.topic.replication.factor=1
PROPERTIES
id=$(java -cp "jars/*" kafka.tools.StorageTool random-uuid 2>/dev/null)
java -cp "jars/*" kafka.tools.StorageTool format -t "$id" -c server.properties >/dev/null 2>&1
java -Xmx512m -cp "jars/*" kafka.Kafka server.properties >broker.log 2>&1 &
broker=$!

cat >look.py <<'PYTHON'
import sys, time
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition, libversion
from confluent_kafka.admin import AdminClient, NewTopic

brokers = {"bootstrap.servers": sys.argv[1], "log_level": 0}
admin = AdminClient(brokers)
for attempt in range(60):
    try:
        admin.list_topics(timeout=2)
        break
    except KafkaException:
        time.sleep(1)
admin.create_topics([NewTopic("records", 1, 1)])["records"].result(30)
answers = []
producer = Producer({**brokers, "linger.ms": 1000, "message.timeout.ms": 30000})
now_ms = int(time.time() * 1000)
for number in range(10):
    timestamp = now_ms + (2 * 3600 * 1000 if number == 5 else 0)
    answer = lambda error, message: answers.append(error.name() if error else "taken")
    producer.produce("records", value=str(number), timestamp=timestamp, on_delivery=answer)
producer.flush(60)
consumer = Consumer({**brokers, "group.id": "look"})
_, end = consumer.get_watermark_offsets(TopicPartition("records", 0), timeout=10)
print("Kafka 4.1.1, librdkafka", libversion()[0])
print("expected: 9 taken, 1 refused, 9 records in the topic")
print("seen:", ", ".join(f"{answers.count(name)} {name}" for name in sorted(set(answers))), f"- {end} records in the topic")
sys.exit(0 if len(answers) == 10 and "taken" not in answers and end == 0 else 1)
PYTHON
client/bin/python look.py "127.0.0.1:$port" || { echo "no longer seen"; exit 1; }
