#!/usr/bin/env bash
# The JavaScript SDK of CloudEvents sets the Kafka message's timestamp from the event's `time`.
#
# Expected: a message without a timestamp, so that the producer sets the time of sending (Kafka's CreateTime).
# Neither the Kafka protocol binding of CloudEvents nor its text on `time` maps one to the other.
# Seen: `timestamp` is `time` in milliseconds, in structured and in binary mode. The time of sending is lost, a late
# event looks as if it had been sent when it happened, and an event whose `time` is far ahead makes a broker refuse its
# batch.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . cloudevents@10.0.0

cat >look.js <<'JS'
const { CloudEvent, Kafka } = require('cloudevents');
const time = '2025-09-16T10:15:00.123+03:00';
const event = new CloudEvent({ type: 'a.b', source: '/c', subject: 'd', time, data: { line: 'e' } });
const seen = ['structured', 'binary'].map((mode) => [mode, Kafka[mode](event).timestamp]);
console.log('cloudevents', require('cloudevents/package.json').version);
console.log('expected: no timestamp, the producer sets it when it sends');
for (const [mode, timestamp] of seen) console.log(`seen: ${mode}: timestamp ${timestamp}, time ${Date.parse(time)}`);
process.exit(seen.every(([, timestamp]) => Number(timestamp) === Date.parse(time)) ? 0 : 1);
JS
node look.js || { echo "no longer seen"; exit 1; }
