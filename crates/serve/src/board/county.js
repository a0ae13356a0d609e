// The whole county: sums over its lines. Numerators and denominators are added before they are divided. A line without
// figures adds nothing and is not counted as known.

/** @import { LineCard, LineFigures, Day, LineCourse } from "./contract.js" */
/** @import { Judgement, State } from "./state.js" */
import { share, total } from "./counts.js";
import { longestWait } from "./rules.js";

/**
 * @typedef {object} County
 * @property {number} known how many lines have figures
 * @property {number} waiting
 * @property {number | null} oldestLine the line with the longest real wait; `null` if there is none
 * @property {number} oldestSeconds
 * @property {number} doubted how many lines have a longest wait that is probably of a contact whose end was lost
 * @property {number} doubtedSeconds the longest of these waits
 * @property {number} dueToday
 * @property {number} overdue
 * @property {{good: number, valid: number} | null} kept `null` if no line has a complete day
 * @property {number} pending
 */

/** @param {LineCard[]} cards @param {(LineFigures | null)[]} lines @returns {County} */
export function countyOf(cards, lines) {
  /** @type {County} */
  const county = {
    known: 0, waiting: 0, oldestLine: null, oldestSeconds: 0, doubted: 0, doubtedSeconds: 0, dueToday: 0, overdue: 0,
    kept: null, pending: 0,
  };
  lines.forEach((line, index) => {
    if (!line) return;
    county.known += 1;
    county.waiting += line.contacts_waiting;
    county.dueToday += line.callbacks_outstanding.today;
    county.overdue += line.callbacks_outstanding.overdue;
    county.pending += total(line.promises_pending);
    const wait = longestWait(cards[index], line);
    if (wait.kind === "overtaken" || wait.kind === "stuck") {
      county.doubted += 1;
      county.doubtedSeconds = Math.max(county.doubtedSeconds, wait.seconds);
    } else if (wait.kind === "real" && wait.seconds >= county.oldestSeconds) {
      county.oldestLine = index;
      county.oldestSeconds = wait.seconds;
    }
    const kept = share(line.windows.today, "promise_kept");
    if (kept) {
      const sum = county.kept ?? { good: 0, valid: 0 };
      county.kept = { good: sum.good + kept.good, valid: sum.valid + kept.valid };
    }
  });
  return county;
}

/**
 * How many lines are in each state.
 * @param {Judgement[]} judgements
 * @returns {Record<State, number>}
 */
export function statesOf(judgements) {
  const counts = { help: 0, watch: 0, fine: 0, few: 0, none: 0, closed: 0 };
  for (const judgement of judgements) counts[judgement.state] += 1;
  return counts;
}

/**
 * The day of all lines together; `null` unless every line's is known, because a sum without one line misleads.
 * @param {Day} day
 * @returns {LineCourse | null}
 */
export function courseOf(day) {
  /** @param {"offered" | "answered" | "callback_requested" | "timed_out" | "abandoned"} name */
  const sum = (name) => {
    const slots = Math.max(0, ...day.lines.map((line) => line?.[name].length ?? 0));
    const at = (/** @type {number} */ slot) => day.lines.reduce((all, line) => all + (line?.[name][slot] ?? 0), 0);
    return Array.from({ length: slots }, (_, slot) => at(slot));
  };
  if (day.lines.some((line) => line === null)) return null;
  return {
    offered: sum("offered"),
    answered: sum("answered"),
    callback_requested: sum("callback_requested"),
    timed_out: sum("timed_out"),
    abandoned: sum("abandoned"),
  };
}
