#!/usr/bin/env bash
# What rsyslog's omkafka resubmits arrives in reverse order, stamped at the resubmission.
#
# Two rsyslogs ship ten lines, each to a topic that does not exist yet. Four seconds later the topics are created, and
# further lines are written, one a second.
#
# Expected: all lines in the order of the file, stamped with the time of reading, as omkafka stamps all others.
# Seen: with resubmitOnFailure="on" the ten arrive from the last to the first, and all are stamped with the moment of
# the resubmission. Without it they are lost, although action.resumeRetryCount is "-1" and the broker always answers.
#
# Needs Debian 12 with rsyslog and rsyslog-kafka 8.2302.0. topic.metadata.propagation.max.ms, after which librdkafka
# fails lines for an unknown topic, is 1000 instead of 30000 to save time.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
dpkg-query -W -f '${Package} ${Version}\n' rsyslog rsyslog-kafka librdkafka1
python3 -m venv client
client/bin/pip install --quiet --disable-pip-version-check confluent-kafka==2.16.1
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

cat >look.py <<'PY'
import socket, subprocess, sys, time
from pathlib import Path
from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

JAVA = ["java", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-cp", "jars/*"]
started = []


def start(command, **output):
    process = subprocess.Popen(command, **output)
    started.append(process)
    return process


def stop(process):
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Broker:
    """A Kafka 4.1.1 on a free port of this machine."""

    def __init__(self):
        port, controller = free_port(), free_port()
        self.address = f"127.0.0.1:{port}"
        self.admin = AdminClient({"bootstrap.servers": self.address, "log_level": 0})
        Path("server.properties").write_text(f"""
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://{self.address},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://{self.address}
controller.listener.names=CONTROLLER
log.dirs={Path.cwd()}/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
auto.create.topics.enable=false
""")
        storage = ["kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qk", "-c", "server.properties"]
        subprocess.run([*JAVA, *storage], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start(self):
        log = open("broker.log", "a")
        self.process = start([*JAVA, "kafka.Kafka", "server.properties"], stdout=log, stderr=log)
        for attempt in range(60):
            try:
                self.admin.list_topics(timeout=1)
                return
            except KafkaException:
                time.sleep(0.3)
        sys.exit("the broker does not answer")

    def create(self, *topics):
        for made in self.admin.create_topics([NewTopic(topic, 1, 1) for topic in topics]).values():
            made.result(30)

    def records(self, topic):
        """All records of a topic, in their order."""
        consumer = Consumer({"bootstrap.servers": self.address, "group.id": "look", "log_level": 0})
        consumer.assign([TopicPartition(topic, 0, 0)])
        end = consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=10)[1]
        records, until = [], time.monotonic() + 20
        while len(records) < end and time.monotonic() < until:
            record = consumer.poll(1)
            if record and not record.error():
                records.append(record)
        consumer.close()
        return records


def ship(topic, settings):
    folder = Path(topic).absolute()
    folder.mkdir()
    (folder / "lines").touch()
    (folder / "rsyslog.conf").write_text(f"""
global(workDirectory="{folder}")
module(load="imfile")
module(load="omkafka")
template(name="line" type="string" string="%msg%")
input(type="imfile" file="{folder}/lines" tag="tag")
if $syslogtag == "tag" then
  action(type="omkafka" broker=["{broker.address}"] topic="{topic}" template="line" partitions.auto="on" {settings})
""")
    log = open(folder / "log", "w")
    start(["rsyslogd", "-n", "-f", str(folder / "rsyslog.conf"), "-i", str(folder / "pid")], stderr=log)


def write(*lines):
    for line in lines:
        for topic in ACTIONS:
            with open(f"{topic}/lines", "a") as file:
                file.write(f"{line}\n")
        time.sleep(0.1)


RETRY = 'action.resumeRetryCount="-1" action.resumeInterval="2" confParam=["topic.metadata.propagation.max.ms=1000"]'
ACTIONS = {"resubmit": f'{RETRY} resubmitOnFailure="on"', "retry": RETRY}


def look():
    """Records by topic, and when the ten lines had been written, in milliseconds."""
    broker.start()
    for topic, settings in ACTIONS.items():
        ship(topic, settings)
    time.sleep(2)
    write(*range(10))
    written_ms = time.time() * 1000
    time.sleep(4)
    broker.create(*ACTIONS)
    for second in range(30):
        write(10 + second)
        time.sleep(0.9)
        records = {topic: broker.records(topic) for topic in ACTIONS}
        if all(records.values()):
            return records, written_ms
    sys.exit("no line arrives")


broker = Broker()
try:
    records, written_ms = look()
finally:
    for process in started:
        stop(process)
values = {topic: [int(record.value()) for record in records[topic]] for topic in ACTIONS}
late = [(record.timestamp()[1] - written_ms) / 1000 for record in records["resubmit"] if int(record.value()) < 10]
print("Kafka 4.1.1")
print("expected: 0, 1, 2 and so on in both topics, stamped at most a second after the tenth line was written")
print("seen:", ", ".join(f"{topic} {numbers}" for topic, numbers in values.items()))
print("seen: stamps of the ten in seconds after the tenth line was written:", [round(seconds, 3) for seconds in late])
reverse = [number for number in values["resubmit"] if number < 10] == list(range(9, -1, -1))
sys.exit(0 if reverse and min(late) > 2 and not any(number < 10 for number in values["retry"]) else 1)
PY
client/bin/python look.py || { echo "no longer seen"; exit 1; }
