#!/usr/bin/env bash
# The CloudEvents SDK for Python writes a dict as Python prints it if `datacontenttype` is not JSON.
#
# Expected: JSON, or an error, because other programs read the data of an event.
# Seen: structured mode writes `"data": "{'line': 'a'}"`, which is not JSON. Binary mode of the same event writes JSON.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cloudevents==2.2.0

cat >look.py <<'PY'
import json, sys
from importlib.metadata import version
from cloudevents.core.bindings import kafka
from cloudevents.core.v1.event import CloudEvent

attributes = {"type": "a.b", "source": "/c", "datacontenttype": "text/plain"}
event = CloudEvent(attributes=attributes, data={"line": "a"})
structured = json.loads(kafka.to_structured_event(event).value)["data"]
binary = kafka.to_binary_event(event).value
print("cloudevents", version("cloudevents"))
print('expected: {"line": "a"}')
print("seen: structured", structured, "binary", binary)
sys.exit(structured != "{'line': 'a'}" or json.loads(binary) != {"line": "a"})
PY
venv/bin/python look.py || { echo "no longer seen"; exit 1; }
