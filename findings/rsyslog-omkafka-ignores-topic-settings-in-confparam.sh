#!/usr/bin/env bash
# rsyslog's omkafka accepts librdkafka's settings of topics in confParam, and ignores them.
#
# Forty lines are sent with their text as key, and partitioner=murmur2, which Java clients use: once by librdkafka
# itself, and by omkafka with the setting in confParam and in topicConfParam. Then the broker is frozen for some seconds
# while a line is written, with message.timeout.ms=1000 in the one and in the other.
#
# Expected: confParam works as topicConfParam, since librdkafka takes a topic's settings in the global configuration
# as defaults of topics; or rsyslogd -N1 refuses them.
# Seen: no error. In confParam, partitioner=murmur2 does not choose the partitions that librdkafka chooses with it, and
# with message.timeout.ms no line fails. In topicConfParam both work.
#
# Needs Debian 12 with rsyslog and rsyslog-kafka 8.2302.0. The broker is the mock of librdkafka.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
dpkg-query -W -f '${Package} ${Version}\n' rsyslog rsyslog-kafka librdkafka1
python3 -m venv client
client/bin/pip install --quiet --disable-pip-version-check confluent-kafka==2.16.1

cat >mock.py <<'PY'
import time
from confluent_kafka import Producer

mock = Producer({"test.mock.num.brokers": "1", "log_level": 0})
broker = next(iter(mock.list_topics(timeout=10).brokers.values()))
print(f"{broker.host}:{broker.port}", flush=True)
time.sleep(120)
PY

cat >look.py <<'PY'
import signal, subprocess, sys, time
from pathlib import Path
from confluent_kafka import Consumer, Producer

MURMUR, TIMEOUT = '["partitioner=murmur2"]', '["message.timeout.ms=1000"]'
ACTIONS = {
    "global": f"confParam={MURMUR}",
    "topic": f"topicConfParam={MURMUR}",
    "global-timeout": f"confParam={TIMEOUT}",
    "topic-timeout": f"topicConfParam={TIMEOUT}",
}


def write(*lines):
    with open("lines", "a") as file:
        file.writelines(f"{line}\n" for line in lines)


def failed(topic, line):
    file = Path(f"{topic}.failed")
    return file.exists() and line in file.read_text()


def look(address):
    """The partition of each line by topic, and the topics where the line of the frozen broker has failed."""
    names = [f"line {number}" for number in range(40)]
    librdkafka = Producer({"bootstrap.servers": address, "partitioner": "murmur2", "log_level": 0})
    for name in names:
        librdkafka.produce("librdkafka", value=name, key=name)
    librdkafka.flush(10)
    write(*names)
    topics = ["librdkafka", "global", "topic"]
    start = {"group.id": "look", "auto.offset.reset": "earliest", "topic.metadata.refresh.interval.ms": 500}
    consumer = Consumer({"bootstrap.servers": address, "log_level": 0, **start})
    consumer.subscribe(topics)
    partitions, until = {topic: {} for topic in topics}, time.monotonic() + 30
    while any(len(found) < len(names) for found in partitions.values()) and time.monotonic() < until:
        record = consumer.poll(1)
        if record and not record.error():
            partitions[record.topic()][record.value().decode()] = record.partition()
    consumer.close()
    mock.send_signal(signal.SIGSTOP)
    write("frozen")
    for second in range(6):
        time.sleep(1)
        write(f"later {second}")
    time.sleep(1)
    mock.send_signal(signal.SIGCONT)
    return partitions, [topic for topic in ACTIONS if failed(topic, "frozen")]


def action(address, topic):
    partition = 'template="line" key="line" dynaKey="on" partitions.auto="on"'
    errors = f'errorFile="{Path.cwd()}/{topic}.failed"'
    return f'action(type="omkafka" broker=["{address}"] topic="{topic}" {partition} {errors} {ACTIONS[topic]})'


mock = subprocess.Popen([sys.executable, "mock.py"], stdout=subprocess.PIPE, text=True)
rsyslog = None
try:
    address = mock.stdout.readline().strip()
    Path("lines").touch()
    actions = "\n  ".join(action(address, topic) for topic in ACTIONS)
    Path("rsyslog.conf").write_text(f"""
global(workDirectory="{Path.cwd()}")
module(load="imfile")
module(load="omkafka")
template(name="line" type="string" string="%msg%")
input(type="imfile" file="{Path.cwd()}/lines" tag="tag")
if $syslogtag == "tag" then {{
  {actions}
}}
""")
    checked = subprocess.run(["rsyslogd", "-N1", "-f", "rsyslog.conf"], capture_output=True).returncode
    command = ["rsyslogd", "-n", "-f", "rsyslog.conf", "-i", str(Path.cwd() / "pid")]
    rsyslog = subprocess.Popen(command, stderr=open("rsyslog.log", "w"))
    partitions, failing = look(address)
finally:
    for process in filter(None, [rsyslog, mock]):
        process.send_signal(signal.SIGCONT)
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
by_librdkafka = partitions.pop("librdkafka")
same = {
    topic: sum(found.get(name) == partition for name, partition in by_librdkafka.items())
    for topic, found in partitions.items()
}
print("expected: 40 lines in the same partition as by librdkafka and one failed line, with confParam (global) too")
print(f"seen: rsyslogd -N1 ends with {checked}, same partition {same}, failed {failing}")
complete = len(by_librdkafka) == 40 and all(len(found) == 40 for found in partitions.values())
ignored = same["topic"] == 40 > same["global"] and failing == ["topic-timeout"]
sys.exit(0 if checked == 0 and complete and ignored else 1)
PY
client/bin/python look.py || { echo "no longer seen"; exit 1; }
