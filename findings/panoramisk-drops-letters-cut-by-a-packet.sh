#!/usr/bin/env bash
# The AMI client panoramisk for Python drops a letter whose bytes arrive in two packets.
#
# Expected: the same event each time, however TCP cuts it. Asterisk sends UTF-8, and "ä" has two bytes.
# Seen: a queue named Hämeenlinna becomes Hmeenlinna if a packet ends within the "ä". There is no error and no warning,
# because each packet is decoded on its own and what cannot be decoded is ignored. ASCII names of queues are safe.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check panoramisk==1.4

cat >look.py <<'PY'
import asyncio, sys
from importlib.metadata import version
from panoramisk.manager import Manager

EVENT = "Event: QueueCallerJoin\r\nQueue: Hämeenlinna\r\nUniqueid: 1.1\r\n\r\n".encode()
CUT = EVENT.index("ä".encode()) + 1

async def asterisk(reader, writer):
    writer.write(b"Asterisk Call Manager/9.0.0\r\n")
    await reader.read(1000)
    writer.write(b"Response: Success\r\nMessage: Authentication accepted\r\n\r\n")
    for part in (EVENT, EVENT[:CUT], EVENT[CUT:]):
        await asyncio.sleep(0.3)
        writer.write(part)
        await writer.drain()

async def main():
    server = await asyncio.start_server(asterisk, "127.0.0.1", 0)
    seen = []
    manager = Manager(loop=asyncio.get_running_loop(), host="127.0.0.1", port=server.sockets[0].getsockname()[1],
                      username="a", secret="b", encoding="utf8")
    manager.register_event("QueueCallerJoin", lambda _, event: seen.append(event.queue))
    await manager.connect()
    await asyncio.sleep(2)
    print("panoramisk", version("panoramisk"))
    print("expected: Hämeenlinna twice, in one packet and in two")
    print("seen:", *seen)
    return seen != ["Hämeenlinna", "Hmeenlinna"]

sys.exit(asyncio.run(main()))
PY
venv/bin/python look.py || { echo "no longer seen"; exit 1; }
