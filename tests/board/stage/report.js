// Pages of `report --format html` on the simulated county, as files.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { program } from "./demo.js";

const LARGEST_PAGE_BYTES = 16_000_000;

/** Writes the events of nine months and of the month before. @param {string} folder @returns {string} the file */
export function writeEvents(folder) {
  const file = path.join(folder, "events.jsonl");
  execFileSync(program(), ["simulate", "--from", "2024-12-01", "--to", "2025-10-01", "--output", file, "--quiet"]);
  return file;
}

/**
 * Writes a page.
 * @param {string} events @param {string} by @param {string} lang @param {string[]} [options] @returns {string} the file
 */
export function writePage(events, by, lang, options = []) {
  const period = ["--from", "2025-01-01", "--to", "2025-10-01"];
  const how = ["--by", by, "--language", lang, "--format", "html", "--quiet", ...options];
  const page = execFileSync(program(), ["report", "--events", events, ...period, ...how], { maxBuffer: LARGEST_PAGE_BYTES });
  const file = path.join(path.dirname(events), `${[by, lang, ...options].join("")}.html`);
  writeFileSync(file, page);
  return file;
}
