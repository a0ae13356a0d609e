#!/usr/bin/env bash
# prom-client for Node adds the quantiles of a summary when it aggregates the workers of a cluster.
#
# Expected: no quantiles, since those of several summaries cannot be told from their quantiles; or at most the greatest.
# Seen: two workers that both saw waits of 1, 2, 3 and 4 seconds together have a median of 5 seconds, above any wait.
# Sum and count are right, and so are histograms. Its page says that custom metrics are summed, and does not except
# quantiles.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . prom-client@15.1.3

cat >look.mjs <<'JS'
import { readFileSync } from 'node:fs';
import client from 'prom-client';

async function worker() {
  const registers = [new client.Registry()];
  const summary = new client.Summary({ name: 'wait_seconds', help: 'Waits', percentiles: [0.5], registers });
  [1, 2, 3, 4].forEach((wait) => summary.observe(wait));
  return registers[0].getMetricsAsJSON();
}

const { version } = JSON.parse(readFileSync('node_modules/prom-client/package.json'));
const all = await client.AggregatorRegistry.aggregate([await worker(), await worker()]).metrics();
const seen = /wait_seconds\{quantile="0.5"\} (.*)/.exec(all)?.[1];
console.log('prom-client', version);
console.log('expected: no median, or 2.5 as in each worker');
console.log('seen:', seen);
process.exit(seen === '5' ? 0 : 1);
JS
node look.mjs || { echo "no longer seen"; exit 1; }
