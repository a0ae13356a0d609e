// Writes the dashboards for Grafana's provisioning. With --check it only compares them with what it would write.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BOARDS, Board, built } from './board';
import { line } from './line';
import { now } from './now';
import { pipeline } from './pipeline';
import { quarter } from './quarter';

const FOLDER = join(__dirname, '..', '..', 'dashboards');
const made = { now, line, quarter, pipeline };
const names = Object.keys(BOARDS) as Board[];
const files = new Map(names.map((name) => [`${name}.json`, `${JSON.stringify(built(made[name]()), null, 2)}\n`]));

if (process.argv.includes('--check')) {
  const kept = readdirSync(FOLDER).filter((file) => !files.has(file));
  const stale = [...files].filter(([file, text]) => readFileSync(join(FOLDER, file), 'utf8') !== text);
  const wrong = [...kept, ...stale.map(([file]) => file)];
  if (wrong.length) {
    throw new Error(`not what is made now: ${wrong.join(', ')}; npm run write`);
  }
} else {
  files.forEach((text, file) => writeFileSync(join(FOLDER, file), text));
}
console.log(`${files.size} dashboards`);
