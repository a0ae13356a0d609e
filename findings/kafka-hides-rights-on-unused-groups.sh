#!/usr/bin/env bash
# The rights on an unused consumer group are told by the old description of groups, and no longer by the new one.
#
# Brokers tell a user what it may do with a group (KIP-430), which is how a program can see before its first commit
# whether it may commit. A group that no program has used yet is described for two clients: librdkafka, which sends
# version 4 of the request at most, and the Java client of Kafka 4, which sends version 6 (KIP-1043). The broker has no
# access lists, so everything is allowed.
#
# Expected: both clients get the operations, as they do of a topic.
# Seen: librdkafka gets a dead group with its operations. The Java client gets GroupIdNotFoundException, and no
# operations: with it, rights on a group can only be seen once a program has used the group.
#
# Needs Java 17 or later, Maven, and Python 3 with venv.
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
      <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>4.4.0</version>
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
from confluent_kafka import KafkaException, libversion
from confluent_kafka.admin import AdminClient

admin = AdminClient({"bootstrap.servers": sys.argv[1], "log_level": 0})
for attempt in range(60):
    try:
        asked = admin.describe_consumer_groups(["unused"], include_authorized_operations=True, request_timeout=5)
        group = asked["unused"].result(10)
        break
    except KafkaException:
        time.sleep(1)
operations = sorted(operation.name for operation in group.authorized_operations or [])
print("Kafka 4.4.0, librdkafka", libversion()[0])
print("expected: both clients get the operations")
print("seen: librdkafka:", group.state.name, ", ".join(operations))
sys.exit(0 if group.state.name == "DEAD" and "READ" in operations else 1)
PYTHON
cat >Look.java <<'JAVA'
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

public class Look {
    public static void main(String[] arguments) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", arguments[0]))) {
            var options = new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true);
            var group = admin.describeConsumerGroups(List.of("unused"), options).all().get().get("unused");
            System.out.println("seen: Java client: " + group.groupState() + " " + group.authorizedOperations());
            System.exit(1);
        } catch (ExecutionException failure) {
            System.out.println("seen: Java client: " + failure.getCause());
            System.exit(failure.getCause() instanceof GroupIdNotFoundException ? 0 : 1);
        }
    }
}
JAVA
client/bin/python look.py "127.0.0.1:$port" || { echo "no longer seen"; exit 1; }
java -cp "jars/*" Look.java "127.0.0.1:$port" 2>/dev/null || { echo "no longer seen"; exit 1; }
