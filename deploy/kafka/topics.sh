#!/usr/bin/env bash
# Creates the two topics of Ensilinja with the settings they need, or corrects the settings of existing topics.
# Safe to run again. Needs Kafka's command line tools, and BOOTSTRAP_SERVERS=host:port.
# On a cluster, set REPLICATION_FACTOR=3. The default is 1: the loss of a broker then loses its records.
set -euo pipefail

: "${BOOTSTRAP_SERVERS:?set it to host:port of a broker}"
KAFKA_BIN=${KAFKA_BIN:-/opt/kafka/bin}

# make_topic NAME PARTITIONS SETTING...: corrects the settings of an existing topic and leaves its partitions alone.
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

# The log is the state store: at each start the processor reads back the longest window plus the life of a contact,
# about 35 days. 60 days leave room for holidays and for looking back. Compaction would delete all but the last event of
# a contact. Record timestamps show which events are late or in the future, so they are the producer's (CreateTime), and
# the broker refuses records stamped more than five minutes ahead of its clock. It refuses the whole batch for one such
# record, so a producer for several sources has to send the other records again.
make_topic ensilinja.events 12 \
    cleanup.policy=delete \
    retention.ms=5184000000 \
    retention.bytes=-1 \
    message.timestamp.type=CreateTime \
    message.timestamp.after.max.ms=300000

# Rejected records, unchanged. They may contain the same personal data as events, so they are kept no longer.
make_topic ensilinja.dead-letters 1 \
    cleanup.policy=delete \
    retention.ms=5184000000 \
    message.timestamp.type=CreateTime
