// Prints which lines ask for help on four simulated days, and why: the table in docs/WALLBOARD.md. Run by
// `npm run days`; the same program prints the same table. `npm run days -- FOLDER` also judges by the rules in a folder
// with the board of another revision.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { Language } from "../../../crates/serve/src/board/language.js";
import { isAsleep, stateOf, STATES } from "../../../crates/serve/src/board/state.js";
import { statesOf } from "../../../crates/serve/src/board/county.js";
import { wantedOrder } from "../../../crates/serve/src/board/order.js";
import { Demo } from "../stage/demo.js";
import { firstFigures } from "../stage/live.js";
import { writeFailingDay } from "./failing_day.js";

const scratch = mkdtempSync(path.join(tmpdir(), "ensilinja-days-"));
const failing = path.join(scratch, "failing.jsonl");

/** @typedef {typeof import("../../../crates/serve/src/board/state.js").stateOf} StateOf */

/** @type {StateOf | null} */
const stateBefore = process.argv[2] ? (await import(pathToFileURL(path.resolve(process.argv[2], "state.js")).href)).stateOf : null;

/** @type {[string, string[]][]} */
const DAYS = [
  ["Tuesday 10:15", []],
  ["Tuesday 23:30", ["--at", "2025-09-16T23:30"]],
  ["Sunday 14:00", ["--at", "2025-09-14T14:00"]],
  ["Day of failure 14:00", ["--at", "2025-09-16T14:00", "--events", failing]],
];

try {
  writeFailingDay(failing, "2025-09-10", "2025-09-17");
  /** @type {string[]} */
  const counts = [];
  /** @type {string[]} */
  const lines = [];
  for (const [name, options] of DAYS) {
    const demo = await Demo.start(["--speed", "1", ...options]);
    try {
      const judged = await judge(demo.url);
      if (judged.before) counts.push(`| ${name}, before | ${STATES.map((state) => judged.before?.[state]).join(" | ")} | – |`);
      counts.push(`| ${name} | ${STATES.map((state) => judged.counts[state]).join(" | ")} | ${judged.asleep} |`);
      lines.push(...judged.lines.map((line) => `| ${name} | ${line} |`));
    } finally {
      await demo.stop();
    }
  }
  console.log(`| day | ${STATES.join(" | ")} | in the row |\n|---|${"---|".repeat(STATES.length + 1)}\n${counts.join("\n")}\n`);
  console.log(`| day | line | state | reasons |\n|---|---|---|---|\n${lines.join("\n")}`);
} finally {
  rmSync(scratch, { recursive: true });
}

/** @param {string} url */
async function judge(url) {
  const { hello, figures } = await firstFigures(url);
  const now = figures.figures_as_of_timestamp_seconds ?? 0;
  const english = new Language("en", hello.time_zone);
  const judgements = hello.lines.map((card, index) => stateOf(card, figures.lines[index], now));
  const lines = wantedOrder(judgements).flatMap((index) => {
    const { state, reasons } = judgements[index];
    const told = reasons.filter((reason) => reason.grade !== "plain").map((reason) => english.reason(reason, now));
    return told.length > 0 ? [`${hello.lines[index].line} | ${state} | ${told.join("; ")}`] : [];
  });
  const before = stateBefore && statesOf(hello.lines.map((card, index) => stateBefore(card, figures.lines[index], now)));
  return { counts: statesOf(judgements), before, asleep: judgements.filter(isAsleep).length, lines };
}
