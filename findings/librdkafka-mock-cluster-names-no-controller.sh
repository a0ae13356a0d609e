#!/usr/bin/env bash
# librdkafka's mock cluster names no controller.
#
# A client asks the mock cluster (test.mock.num.brokers=1) for a topic, over the wire, as it would ask a real broker.
#
# Expected: the one broker is the controller, and all requests of the admin API are answered or refused.
# Seen: metadata names broker 0 as the controller, and the brokers are numbered from 1. So each request that librdkafka
# sends to the controller (create_topics, describe_topics, describe_cluster) waits for it until its own time is over.
# Requests to the leader of a partition (list_offsets) are answered.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv client
client/bin/pip install --quiet confluent-kafka==2.16.1

cat >look.py <<'PYTHON'
import sys
from confluent_kafka import KafkaException, Producer, TopicCollection, TopicPartition, libversion
from confluent_kafka.admin import AdminClient, NewTopic, OffsetSpec

cluster = Producer({"test.mock.num.brokers": 1, "log_level": 0})
cluster.produce("records", value="one")
cluster.flush(10)
brokers = cluster.list_topics(timeout=10).brokers.values()
admin = AdminClient({"bootstrap.servers": ",".join(f"{it.host}:{it.port}" for it in brokers), "log_level": 0})


def answer(future):
    try:
        future.result()
        return "answered"
    except KafkaException as refusal:
        return refusal.args[0].str()


seen = {
    "create_topics": answer(admin.create_topics([NewTopic("more", 1, 1)], request_timeout=4)["more"]),
    "describe_topics": answer(admin.describe_topics(TopicCollection(["records"]), request_timeout=4)["records"]),
    "describe_cluster": answer(admin.describe_cluster(request_timeout=4)),
}
partition = TopicPartition("records", 0)
offsets = answer(admin.list_offsets({partition: OffsetSpec.latest()}, request_timeout=4)[partition])
controller = admin.list_topics(timeout=10).controller_id
print("librdkafka", libversion()[0])
print("expected: the controller is one of the brokers, and each request is answered or refused")
print("seen: controller", controller, "of brokers", [it.id for it in brokers], seen, "list_offsets", offsets)
waits = all("waiting for controller" in text for text in seen.values())
sys.exit(0 if controller not in [it.id for it in brokers] and waits and offsets == "answered" else 1)
PYTHON
client/bin/python look.py || { echo "no longer seen"; exit 1; }
