#!/usr/bin/env bash
# The CloudEvents SDKs for Python and JavaScript write JSON data given as bytes as `data_base64`, even if
# `datacontenttype` is application/json.
#
# Expected: `"data": {"line": "a"}`, because the JSON format (3.1) has JSON content as a JSON value.
# Seen: `"data_base64": "eyJ..."`. This is allowed, but a receiver that reads only `data` finds no data.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cloudevents==2.2.0
npm install --silent --no-audit --no-fund --prefix . cloudevents@10.0.0

cat >look.py <<'PY'
import json, sys
from importlib.metadata import version
from cloudevents.core.bindings import kafka
from cloudevents.core.v1.event import CloudEvent

attributes = {"type": "a.b", "source": "/c", "datacontenttype": "application/json"}
event = json.loads(kafka.to_structured_event(CloudEvent(attributes=attributes, data=b'{"line": "a"}')).value)
print("cloudevents", version("cloudevents"), "(Python)")
print("expected: data; seen:", [name for name in event if name.startswith("data") and name != "datacontenttype"])
sys.exit("data" in event or "data_base64" not in event)
PY
cat >look.cjs <<'JS'
const { CloudEvent, Kafka } = require('cloudevents');
const data = new Uint8Array(Buffer.from('{"line":"a"}'));
const event = new CloudEvent({ type: 'a.b', source: '/c', datacontenttype: 'application/json', data });
const seen = JSON.parse(Kafka.structured(event).value);
console.log('cloudevents', require('cloudevents/package.json').version, '(JavaScript)');
console.log('expected: data; seen:', Object.keys(seen).filter((name) => /^data(_|$)/.test(name)));
process.exit('data' in seen || !('data_base64' in seen) ? 1 : 0);
JS
venv/bin/python look.py && node look.cjs || { echo "no longer seen"; exit 1; }
