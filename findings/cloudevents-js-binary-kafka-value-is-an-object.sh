#!/usr/bin/env bash
# The CloudEvents SDK for JavaScript leaves the data of a Kafka message in binary mode unserialized.
#
# Expected: a `value` that a Kafka client can send, a string or bytes, as `structured` makes it.
# Seen: `value` is the program's own object, and kafkajs refuses it. Headers of unset attributes are `undefined`.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . cloudevents@10.0.0

cat >look.cjs <<'JS'
const { CloudEvent, Kafka } = require('cloudevents');
const event = new CloudEvent({ type: 'a.b', source: '/c', datacontenttype: 'application/json', data: { line: 'a' } });
const types = ['structured', 'binary'].map((mode) => typeof Kafka[mode](event).value);
console.log('cloudevents', require('cloudevents/package.json').version);
console.log('expected: string, string; seen:', types.join(', '));
process.exit(types.join() === 'string,object' ? 0 : 1);
JS
node look.cjs || { echo "no longer seen"; exit 1; }
