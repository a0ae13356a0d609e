#!/usr/bin/env bash
# The Kafka bindings of the CloudEvents SDKs for Python and JavaScript send no key unless an event has an extension.
#
# Expected: a key that keeps the events of one subject together, which is the usual purpose of Kafka's keys.
# Seen: no key, whatever the `subject`; only the extension `partitionkey` becomes one. The binding (3.1) allows it.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cloudevents==2.2.0
npm install --silent --no-audit --no-fund --prefix . cloudevents@10.0.0

cat >look.py <<'PY'
import sys
from importlib.metadata import version
from cloudevents.core.bindings import kafka
from cloudevents.core.v1.event import CloudEvent

plain = {"type": "a.b", "source": "/c", "subject": "d"}
keys = [
    kafka.to_structured_event(CloudEvent(attributes=attributes, data={})).key
    for attributes in (plain, plain | {"partitionkey": "d"})
]
print("cloudevents", version("cloudevents"), "(Python); expected: d, d; seen:", *keys)
sys.exit(keys != [None, "d"])
PY
cat >look.cjs <<'JS'
const { CloudEvent, Kafka } = require('cloudevents');
const plain = { type: 'a.b', source: '/c', subject: 'd', data: {} };
const keys = [plain, { ...plain, partitionkey: 'd' }].map((event) => Kafka.structured(new CloudEvent(event)).key);
console.log('cloudevents', require('cloudevents/package.json').version, '(JavaScript); expected: d, d; seen:', ...keys);
process.exit(keys[0] === undefined && keys[1] === 'd' ? 0 : 1);
JS
venv/bin/python look.py && node look.cjs || { echo "no longer seen"; exit 1; }
