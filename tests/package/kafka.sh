# A real Kafka for the tests of packages, on free ports of 127.0.0.1: sourced, it defines start_kafka and stop_kafka. The
# jars are those of the tests in Rust (crates/test-support/src/kafka_broker.rs), which have usually fetched them already.
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
    local topic
    for topic in ensilinja.events ensilinja.dead-letters; do
        kafka_java org.apache.kafka.tools.TopicCommand --bootstrap-server "$kafka" --create --topic "$topic" \
            --partitions 3 --config retention.ms=5184000000 >>"$folder/topics.log" 2>&1 \
            || { cat "$folder/topics.log"; tail "$folder/kafka.log"; return 1; }
    done
}

stop_kafka() { [[ -z ${kafka_process:-} ]] || kill -KILL "$kafka_process" 2>/dev/null || true; }
