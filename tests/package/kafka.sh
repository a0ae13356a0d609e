# A real Kafka for the tests of packages, on free ports of 127.0.0.1: sourced, it defines start_kafka and stop_kafka.
# The jars are those of the tests in Rust (crates/test-support/src/kafka_broker.rs), which have usually fetched them.
# Beside plaintext for the test itself there is a listener that wants a password, $kafka_with_password.

kafka_version=$(sed -n 's/^const TODAYS_KAFKA: &str = "\(.*\)";/\1/p' crates/test-support/src/kafka_broker.rs)
kafka_libraries=$PWD/target/kafka/libs-$kafka_version
kafka_user=ensilinja
kafka_password=canary-$RANDOM$RANDOM

# A free port. Another program may still take it first; then what was to listen there says so and fails.
free_port() {
    local port
    while port=$((20000 + RANDOM % 10000)); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
}

kafka_java() { java -Xmx256m -cp "$kafka_libraries/*" "$@"; }

fetch_kafka() {
    local dependency='<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>'
    mkdir -p target/kafka
    {
        printf '<project><modelVersion>4.0.0</modelVersion><groupId>fi.ensilinja</groupId>'
        printf '<artifactId>kafka-for-tests</artifactId><version>1</version><packaging>pom</packaging><dependencies>'
        # shellcheck disable=SC2059
        printf "$dependency" org.apache.kafka kafka_2.13 "$kafka_version" org.slf4j slf4j-simple 1.7.36
        printf '</dependencies></project>'
    } >target/kafka/pom.xml
    (cd target/kafka && mvn -q -B dependency:copy-dependencies "-DoutputDirectory=$PWD/fetching-$$")
    mv "target/kafka/fetching-$$" "$kafka_libraries"
}

# start_kafka FOLDER
start_kafka() {
    local folder=$1 controller
    [[ -d $kafka_libraries ]] || fetch_kafka
    kafka=127.0.0.1:$(free_port)
    kafka_with_password=127.0.0.1:$(free_port)
    controller=127.0.0.1:$(free_port)
    cat >"$folder/server.properties" <<END
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@$controller
listeners=PLAINTEXT://$kafka,SASL_PLAINTEXT://$kafka_with_password,CONTROLLER://$controller
advertised.listeners=PLAINTEXT://$kafka,SASL_PLAINTEXT://$kafka_with_password
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config=\
org.apache.kafka.common.security.scram.ScramLoginModule required;
log.dirs=$folder/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
auto.create.topics.enable=false
END
    kafka_java kafka.tools.StorageTool format --cluster-id tPSTvzT8RcK11GqKkAM8Cg --config "$folder/server.properties" \
        --add-scram "SCRAM-SHA-512=[name=$kafka_user,password=$kafka_password]" >"$folder/format.log" 2>&1 \
        || { cat "$folder/format.log"; return 1; }
    kafka_java kafka.Kafka "$folder/server.properties" >"$folder/kafka.log" 2>&1 &
    kafka_process=$!
    local end=$((SECONDS + 60)) topic
    for topic in ensilinja.events ensilinja.dead-letters; do
        until make_topic "$topic" 2>"$folder/topic.log"; do
            ((SECONDS < end)) || { cat "$folder/topic.log"; tail "$folder/kafka.log"; return 1; }
            sleep 0.5
        done
    done
}

# Kafka's own tools are not among the jars: one request of its protocol, CreateTopics in version 2.
make_topic() {
    python3 - "$kafka" "$1" <<'END'
import socket, struct, sys
text = lambda it: struct.pack(">h", len(it)) + it.encode()
host, port = sys.argv[1].split(":")
topic = text(sys.argv[2]) + struct.pack(">ihi", 3, 1, 0)
topic += struct.pack(">i", 1) + text("retention.ms") + text("5184000000")
request = struct.pack(">hhi", 19, 2, 1) + text("test") + struct.pack(">i", 1) + topic + struct.pack(">ib", 10_000, 0)
with socket.create_connection((host, int(port)), timeout=10) as broker:
    broker.sendall(struct.pack(">i", len(request)) + request)
    answer = broker.recv(4096)
# After the size, the correlation, the throttling, the number of topics and the name: 0, or 36 if it exists.
error = struct.unpack_from(">h", answer, 4 + 4 + 4 + 4 + 2 + len(sys.argv[2]))[0]
sys.exit(0 if error in (0, 36) else f"CreateTopics: error {error}")
END
}

stop_kafka() {
    [[ -z ${kafka_process:-} ]] || kill -KILL "$kafka_process" 2>/dev/null || true
    # So that the shell does not report it.
    wait "${kafka_process:-}" 2>/dev/null || true
}
