#!/usr/bin/env bash
# Makes the two topics of Ensilinja with the settings they need, and puts the settings right where the topics exist.
# It may run any number of times. Needs Kafka's command line tools, and BOOTSTRAP_SERVERS=host:port.
# On a cluster, set REPLICATION_FACTOR=3: it is 1 otherwise, and a broker that is lost takes its records with it.
set -euo pipefail

: "${BOOTSTRAP_SERVERS:?set it to host:port of a broker}"
KAFKA_BIN=${KAFKA_BIN:-/opt/kafka/bin}

# make_topic NAME PARTITIONS SETTING...: settings of an existing topic are put right, its partitions are left alone.
make_topic() {
    local topic=$1 partitions=$2
    shift 2
    "$KAFKA_BIN/kafka-topics.sh" --bootstrap-server "$BOOTSTRAP_SERVERS" --create --if-not-exists \
        --topic "$topic" --partitions "$partitions" --replication-factor "${REPLICATION_FACTOR:-1}"
    local settings
    settings=$(IFS=, && echo "$*")
    "$KAFKA_BIN/kafka-configs.sh" --bootstrap-server "$BOOTSTRAP_SERVERS" --alter \
        --entity-type topics --entity-name "$topic" --add-config "$settings"
}

# The log is the state store: the processor reads back the longest window and the life of a contact at each start, which
# is some 35 days; 60 days leave room for holidays and for a look back. Compaction would throw away all but the last
# event of a contact. A record's own time says what is late and what lies in the future, so the producer's time stays
# (CreateTime), and a producer whose clock runs more than five minutes ahead of the broker's is refused there and then.
# A broker refuses the whole batch for one such record, so a producer that sends for several sources has to send the
# others again.
make_topic ensilinja.events 12 \
    cleanup.policy=delete \
    retention.ms=5184000000 \
    retention.bytes=-1 \
    message.timestamp.type=CreateTime \
    message.timestamp.after.max.ms=300000

# Records that could not be read, as they came: they may hold what the events hold, so they are kept no longer.
make_topic ensilinja.dead-letters 1 \
    cleanup.policy=delete \
    retention.ms=5184000000 \
    message.timestamp.type=CreateTime
