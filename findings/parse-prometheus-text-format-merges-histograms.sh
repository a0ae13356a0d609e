#!/usr/bin/env bash
# parse-prometheus-text-format for Node makes one histogram of all that have the same name, and drops their labels.
#
# Expected: a histogram for each set of labels, as the package returns several samples of a counter or gauge.
# Seen: one entry without labels; each bucket has the number of the series that came last; sum and count are missing.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . parse-prometheus-text-format@1.1.1

cat >look.mjs <<'JS'
import { readFileSync } from 'node:fs';
import parse from 'parse-prometheus-text-format';
const text = `# TYPE wait_seconds histogram
wait_seconds_bucket{line="a",le="60"} 2
wait_seconds_bucket{line="a",le="+Inf"} 3
wait_seconds_sum{line="a"} 150
wait_seconds_count{line="a"} 3
wait_seconds_bucket{line="b",le="60"} 5
wait_seconds_bucket{line="b",le="+Inf"} 6
wait_seconds_sum{line="b"} 200
wait_seconds_count{line="b"} 6
`;
const { version } = JSON.parse(readFileSync('node_modules/parse-prometheus-text-format/package.json'));
const seen = JSON.stringify(parse(text)[0].metrics);
console.log('parse-prometheus-text-format', version);
console.log('expected: a histogram of 3 with line="a", and one of 6 with line="b"');
console.log('seen:', seen);
process.exit(seen === '[{"buckets":{"60":"5","+Inf":"6"}}]' ? 0 : 1);
JS
node look.mjs || { echo "no longer seen"; exit 1; }
