#!/usr/bin/env bash
# rsyslog's omkafka puts time, host and tag before what it sends, and stamps records in whole seconds.
#
# Expected: the line of the file unchanged, and a record timestamp of the time of sending, in milliseconds.
# Seen: `2026-03-02T10:15:00.123456+02:00 host tag {...}` and a line feed, unless a template is given; and a timestamp
# whose milliseconds are 0, so it may be up to a second before the time in the line.
#
# Needs Debian 12 with rsyslog and rsyslog-kafka 8.2302.0. The broker is the mock of librdkafka.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
dpkg-query -W -f '${Package} ${Version}\n' rsyslog rsyslog-kafka
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check confluent-kafka==2.16.1

cat >look.py <<'PY'
import re, subprocess, sys
from pathlib import Path
from confluent_kafka import Consumer, Producer, TopicPartition

mock = Producer({"test.mock.num.brokers": "1"})
broker = next(iter(mock.list_topics().brokers.values()))
address, folder = f"{broker.host}:{broker.port}", Path.cwd()
(folder / "events.jsonl").write_text('{"id":"1"}\n')
(folder / "rsyslog.conf").write_text(f"""
global(workDirectory="{folder}")
module(load="imfile")
module(load="omkafka")
input(type="imfile" file="{folder}/events.jsonl" tag="tag")
action(type="omkafka" broker=["{address}"] topic="a" partitions.auto="on")
""")
rsyslog = subprocess.Popen(["rsyslogd", "-n", "-f", "rsyslog.conf", "-i", f"{folder}/pid"])
consumer = Consumer({"bootstrap.servers": address, "group.id": "a", "auto.offset.reset": "earliest"})
consumer.subscribe(["a"])
records = (consumer.poll(1) for _ in range(60))
try:
    record = next(record for record in records if record and not record.error())
finally:
    rsyslog.terminate()
    rsyslog.wait()
value, (_, timestamp) = record.value().decode(), record.timestamp()
print('expected: {"id":"1"}, stamped to the millisecond')
print(f"seen: {value!r}, stamped {timestamp}")
sys.exit(timestamp % 1000 != 0 or not re.fullmatch(r'\S+T\S+ \S+ tag \{"id":"1"\}\n', value))
PY
venv/bin/python look.py || { echo "no longer seen"; exit 1; }
