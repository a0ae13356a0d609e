#!/usr/bin/env bash
# Two AMI clients keep only the last of the headers that Asterisk repeats in one event.
#
# Expected: both values of `ChanVariable`, which Asterisk sends once for each name in `channelvars` of manager.conf.
# Seen: pystrix for Python and asterisk-ami-client for Node (by its asterisk-ami-event-utils) return the last one only,
# without a warning. Of others, npm asterisk-manager 0.2.0 returns an object, and PyPI panoramisk 1.4 a list.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pystrix==1.3.0
npm install --silent --no-audit --no-fund --prefix . asterisk-ami-client@1.1.5 asterisk-ami-event-utils@2.0.2

cat >look.py <<'PY'
import socket, threading
from importlib.metadata import version
from pystrix.ami import Manager

EVENT = b"Event: QueueCallerJoin\r\nChanVariable: LANGUAGE=fi\r\nChanVariable: CAMPAIGN=7\r\nUniqueid: 1.1\r\n\r\n"
server = socket.create_server(("127.0.0.1", 0))

def asterisk():
    connection, _ = server.accept()
    connection.sendall(b"Asterisk Call Manager/9.0.0\r\n" + EVENT)
    threading.Event().wait(5)

threading.Thread(target=asterisk, daemon=True).start()
seen, came = [], threading.Event()
manager = Manager()
manager.register_callback("QueueCallerJoin", lambda event, _: (seen.append(event["ChanVariable"]), came.set()))
manager.connect("127.0.0.1", server.getsockname()[1])
came.wait(5)
print("pystrix", version("pystrix"), *seen)
PY
cat >look.cjs <<'JS'
const { toObject } = require('asterisk-ami-event-utils');
const event = 'Event: QueueCallerJoin\r\nChanVariable: LANGUAGE=fi\r\nChanVariable: CAMPAIGN=7\r\n\r\n';
const { version } = require('asterisk-ami-client/package.json');
console.log('asterisk-ami-client', version, toObject(Buffer.from(event)).ChanVariable);
JS
echo "expected: LANGUAGE=fi and CAMPAIGN=7"
{ timeout 30 venv/bin/python look.py; node look.cjs; } | tee seen
printf 'pystrix 1.3.0 CAMPAIGN=7\nasterisk-ami-client 1.1.5 CAMPAIGN=7\n' | cmp --silent - seen \
    || { echo "no longer seen"; exit 1; }
