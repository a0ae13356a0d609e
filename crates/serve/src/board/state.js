// The state of a line and the reasons for it: what a supervisor has to attend to. A pure function of its figures, by
// the rules in rules.js. docs/WALLBOARD.md has them as a table.

/** @import { LineCard, LineFigures } from "./contract.js" */
/** @import { Reason } from "./rules.js" */
import { promises, share, total } from "./counts.js";
import { FEWEST, reasonsOf } from "./rules.js";

export { FEWEST };

/** @typedef {"help" | "watch" | "fine" | "few" | "none" | "closed"} State */

/**
 * @typedef {object} Judgement
 * @property {State} state
 * @property {Reason[]} reasons the most urgent comes first; there is at least one
 * @property {number} rank of the most urgent reason; among lines of a state the smaller comes first
 */

/** The order of urgency.
 * @type {State[]} */
export const STATES = ["help", "watch", "fine", "few", "none", "closed"];

/**
 * @param {LineCard} card
 * @param {LineFigures | null | undefined} figures
 * @param {number} now the instant of the figures, in seconds
 * @returns {Judgement}
 */
export function stateOf(card, figures, now) {
  if (!figures) return { state: "none", reasons: [plain("no_figures")], rank: 0 };
  const { reasons, rank } = reasonsOf({ card, figures, now });
  const grade = reasons[0]?.grade;
  if (grade === "help" || grade === "watch") return { state: grade, reasons, rank };
  const { state, reasons: how } = figures.line_open ? quiet(figures) : { state: CLOSED, reasons: [opening(figures)] };
  return { state, reasons: [...reasons, ...how], rank };
}

/** @type {State} */
const CLOSED = "closed";

/** Whether the line is closed, and nothing is to be done or known but when it opens. @param {Judgement} judgement */
export function isAsleep({ state, reasons }) {
  return state === "closed" && reasons.every((reason) => reason.grade === "plain");
}

/**
 * Nothing is wrong. Is the n large enough to say so?
 * @param {LineFigures} figures
 * @returns {{state: State, reasons: Reason[]}}
 */
function quiet(figures) {
  const today = figures.windows.today;
  if (!today) return { state: "none", reasons: [plain("no_window")] };
  const decided = total(today.contacts_decided);
  const kept = share(today, "promise_kept") ?? { good: 0, valid: 0 };
  const nothing = today.contacts_offered + decided + kept.valid === 0;
  if (nothing) return { state: "few", reasons: [plain("no_contacts")] };
  if (promises(figures) === false) {
    if (decided >= FEWEST) return { state: "fine", reasons: [plain("nothing_promised", { n: decided })] };
    return { state: "few", reasons: [plain("few_contacts", { n: Math.max(decided, today.contacts_offered) })] };
  }
  if (kept.valid === 0) return { state: "few", reasons: [plain("none_settled")] };
  if (kept.valid < FEWEST) return { state: "few", reasons: [plain("too_few", { n: kept.valid })] };
  const ratio = kept.good / kept.valid;
  return { state: "fine", reasons: [opening(figures), plain("kept", { ratio, n: kept.valid })] };
}

/** The reason that says until when the line stays open or closed. @param {LineFigures} figures @returns {Reason} */
function opening(figures) {
  const key = figures.line_open ? "open" : "closed";
  const at = figures.line_next_change_timestamp_seconds;
  return at === undefined ? plain(key) : plain(`${key}_until`, { at });
}

/** @param {string} key @param {Record<string, number>} [values] @returns {Reason} */
function plain(key, values = {}) {
  return { key, grade: "plain", values };
}
