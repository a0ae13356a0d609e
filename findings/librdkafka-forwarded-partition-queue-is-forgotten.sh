#!/usr/bin/env bash
# librdkafka forgets where an application forwards the queue of a partition, and yet keeps it from its own queue.
#
# A program forwards the queue of a partition to one of its own (rd_kafka_queue_forward), reads three records there,
# unassigns the partition and assigns it again from the first record.
#
# Expected: the records come in the program's queue again, as before; or, if unassigning ends the forwarding, in the
# queue of the consumer, as for a partition that was never forwarded.
# Seen: in neither, without an error. They wait in the queue of the partition, which nobody reads.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv client
client/bin/pip install --quiet confluent-kafka==2.16.1

cat >look.py <<'PYTHON'
import ctypes, glob, sys, time
from confluent_kafka import Producer

library = glob.glob(sys.prefix + "/lib/python*/site-packages/confluent_kafka.libs/librdkafka*")[0]
c = ctypes.CDLL(library)
pointer = ctypes.c_void_p
for name in ("conf_new", "new", "topic_partition_list_new", "topic_partition_list_add", "queue_new",
             "queue_get_partition", "consume_queue", "consumer_poll", "incremental_assign", "incremental_unassign"):
    getattr(c, "rd_kafka_" + name).restype = pointer
c.rd_kafka_version_str.restype = ctypes.c_char_p


class Message(ctypes.Structure):
    _fields_ = [("err", ctypes.c_int)]


cluster = Producer({"test.mock.num.brokers": 1, "log_level": 0})
for value in ("one", "two", "three"):
    cluster.produce("records", value=value, partition=0)
cluster.flush(10)
broker = next(iter(cluster.list_topics(timeout=10).brokers.values()))

conf = pointer(c.rd_kafka_conf_new())
error = ctypes.create_string_buffer(200)
for name, value in ((b"bootstrap.servers", f"{broker.host}:{broker.port}".encode()), (b"group.id", b"look")):
    assert c.rd_kafka_conf_set(conf, name, value, error, 200) == 0, error.value
consumer = pointer(c.rd_kafka_new(1, conf, error, 200))
c.rd_kafka_poll_set_consumer(consumer)
first = pointer(c.rd_kafka_topic_partition_list_new(1))
partition = ctypes.cast(c.rd_kafka_topic_partition_list_add(first, b"records", 0), ctypes.c_void_p)
c.rd_kafka_topic_partition_list_set_offset(first, b"records", 0, ctypes.c_int64(0))
own = pointer(c.rd_kafka_queue_new(consumer))
of_partition = pointer(c.rd_kafka_queue_get_partition(consumer, b"records", 0))


def come(poll, seconds):
    count, end = 0, time.time() + seconds
    while time.time() < end and count < 3:
        message = poll()
        if message:
            count += ctypes.cast(message, ctypes.POINTER(Message)).contents.err == 0
            c.rd_kafka_message_destroy(pointer(message))
    return count


def records(seconds):
    return {
        "the program's queue": come(lambda: c.rd_kafka_consume_queue(own, 100), seconds),
        "the consumer's queue": come(lambda: c.rd_kafka_consumer_poll(consumer, 100), seconds),
    }


c.rd_kafka_queue_forward(of_partition, own)
assert not c.rd_kafka_incremental_assign(consumer, first)
before = records(5)
assert not c.rd_kafka_incremental_unassign(consumer, first)
assert not c.rd_kafka_incremental_assign(consumer, first)
after = records(5)
waiting = come(lambda: c.rd_kafka_consume_queue(of_partition, 100), 5)
print("librdkafka", c.rd_kafka_version_str().decode())
print("expected: three records in one of the two queues, before and after")
print("seen: before", before, "after", after, "in the partition's queue", waiting)
sys.stdout.flush()
seen = before["the program's queue"] == 3 and not any(after.values()) and waiting == 3
# The handles are left to the end of the process.
import os
os._exit(0 if seen else 1)
PYTHON
client/bin/python look.py || { echo "no longer seen"; exit 1; }
