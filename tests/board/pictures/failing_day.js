// A day on which everything fails, made from a simulated one: no contact is answered, waiting customers abandon, and no
// callback reaches its customer. Written as events for `demo --events`.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { program } from "../stage/demo.js";

const TYPE = "fi.ensilinja.contact.";

/** @param {string} file to write @param {string} from @param {string} to local times */
export function writeFailingDay(file, from, to) {
  execFileSync(program(), ["simulate", "--from", from, "--to", to, "--output", file], { stdio: "ignore" });
  const events = readFileSync(file, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
  writeFileSync(file, events.flatMap(failed).map((event) => `${JSON.stringify(event)}\n`).join(""));
}

/** The event on such a day. @param {any} event @returns {any[]} */
function failed(event) {
  const kind = event.type.slice(TYPE.length);
  const { line } = event.data;
  if (kind === "answered") return [{ ...event, type: `${TYPE}abandoned`, data: { line, stage: "queue" } }];
  if (kind === "callback_attempted") return [{ ...event, data: { ...event.data, result: "failed" } }];
  const never = ["callback_reached", "callback_closed", "ended", "transferred", "outcome_recorded", "feedback_received"];
  return never.includes(kind) ? [] : [event];
}
