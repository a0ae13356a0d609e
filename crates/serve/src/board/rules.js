// The rules by which a line is judged, one function each. docs/WALLBOARD.md has them as a table, in the same order.
//
// A rule gives reasons with a grade. Help: customers are not served now, and acting now helps. Watch: the line may soon
// need help. Note: a fact that staff cannot change now; it is shown and counted, and gives no colour. The limits and
// windows are those of the alerts in deploy/prometheus/rules.

/** @import { LineCard, LineFigures, WindowFigures, Channel } from "./contract.js" */
import { abandoned, share, timedOut, total } from "./counts.js";

/** @typedef {"help" | "watch" | "note" | "plain"} Grade `plain` says how a quiet line is. */
/**
 * The figure that is the cause; `reason` if only the text of the reason has it.
 * @typedef {"waiting" | "oldest" | "today" | "overdue" | "kept" | "said" | "reason"} Mark
 */

/**
 * @typedef {object} Reason
 * @property {string} key of the text: `reason_...` in the languages
 * @property {Grade} grade
 * @property {Record<string, number>} values raw; the language formats them
 * @property {Mark} [mark]
 * @property {string} [indicator] whose share it is
 */

/** @typedef {{card: LineCard, figures: LineFigures, now: number}} Case What a rule looks at. */

/** With an n smaller than this, a percentage says more about chance than about the line. */
export const FEWEST = 10;

/** Staff get this long after opening: calls before opening reach only a message, and callbacks wait since yesterday. */
const SETTLING_IN_SECONDS = 900;

/** A callback with less open time left than this is due soon. */
const DUE_SOON_SECONDS = 3600;

/** One or two overdue callbacks are put right by a call or two; so many that calling back has stopped need help. */
const MANY_OVERDUE = 3;

/** Someone may still be there for so long after closing. */
const JUST_CLOSED_SECONDS = 3600;

/** So many callbacks due within the last open hour, and none made in it. */
const MANY_DUE = 5;

/** So many customers who left, and none who was served. */
const MANY_LEFT = 5;
const MANY_LEFT_TODAY = 3;

/** A share below its floor in the last two open hours counts from this many failures of today on. */
const MANY_FAILURES = 3;

/** A share of kept promises less than this above its floor means Watch. */
const NEAR_FLOOR = 0.05;

/** No customer stays on the phone or in a chat for longer: the event of the end is missing. */
const STUCK_SECONDS = 10800;

/** The window by whose answers a long wait is doubted. */
const QUARTER_SECONDS = 900;

/**
 * How long a customer may wait in an open line. A chat is promised within ten minutes. Text messages have no limit.
 * @type {Record<Channel, {watch: number, help: number} | null>}
 */
const LONG_WAIT_SECONDS = { phone: { watch: 300, help: 900 }, chat: { watch: 300, help: 600 }, sms: null };

/** Shares by which customers do not reach the service, which staff can improve at once. */
const GRAVE = ["promise_kept", "service", "service_level", "answered_live", "callback_reached"];

/**
 * In order of urgency: people who wait first, one old callback later.
 * @type {((of: Case) => Reason[])[]}
 */
const RULES = [
  nobodyAnswers, longWait, underFloor, nobodyCallsBack, discarded, overdue, dueSoon, leftWaiting, givenUp, lowToday,
  nearFloor, afterOpening, lostToday, unresolved, stuck,
];

/** All reasons, the most urgent first; `rank` is the place of the first one's rule. @param {Case} of */
export function reasonsOf(of) {
  const found = RULES.flatMap((rule, rank) => rule(of).map((reason) => ({ reason, rank })));
  const grade = (/** @type {{reason: Reason}} */ one) => ["help", "watch", "note"].indexOf(one.reason.grade);
  found.sort((one, other) => grade(one) - grade(other) || one.rank - other.rank);
  return { reasons: found.map(({ reason }) => reason), rank: found[0]?.rank ?? RULES.length };
}

/** For how long the line has been open; 0 if it is closed. @param {Case} of */
function openSeconds({ figures, now }) {
  if (!figures.line_open) return 0;
  return now - (figures.line_last_change_timestamp_seconds ?? -Infinity);
}

/** @param {Case} of */
const isSettledIn = (of) => openSeconds(of) > SETTLING_IN_SECONDS;

/** As EnsilinjaNobodyAnswers. @param {Case} of @returns {Reason[]} */
function nobodyAnswers(of) {
  const { today, open2h } = of.figures.windows;
  const left = (/** @type {WindowFigures | null | undefined} */ window) =>
    window ? abandoned(window) + timedOut(window) - (window.contacts_decided.abandoned_short ?? 0) : 0;
  if (!isSettledIn(of) || left(today) < MANY_LEFT_TODAY) return [];
  const unserved = [today, open2h].filter((window) => {
    const { answered = 0, callback_requested = 0 } = window?.contacts_decided ?? {};
    return answered + callback_requested + (window?.callbacks_closed?.reached ?? 0) === 0;
  });
  const n = Math.max(0, ...unserved.map(left));
  return n >= MANY_LEFT ? [{ key: "nobody_answers", grade: "help", values: { n }, mark: "said" }] : [];
}

/**
 * The present longest wait, and whether it is real. In a queue that is served in order, those answered within the last
 * quarter of an hour arrived before the contact that waits longest now. If nine of ten of them waited much less, this
 * contact was overtaken, or the customer has left and the event is missing.
 * @param {LineCard} card
 * @param {LineFigures} figures
 * @returns {{seconds: number, kind: "none" | "real" | "overtaken" | "stuck", others: number}}
 */
export function longestWait(card, figures) {
  const seconds = figures.waiting_oldest_seconds;
  const others = figures.windows["15m"]?.answer_wait_quantile_seconds?.["0.9"] ?? Infinity;
  if (figures.contacts_waiting === 0) return { seconds: 0, kind: "none", others };
  if (card.channel === "sms") return { seconds, kind: "real", others };
  if (seconds > STUCK_SECONDS) return { seconds, kind: "stuck", others };
  return { seconds, kind: others < seconds - QUARTER_SECONDS ? "overtaken" : "real", others };
}

/** @param {Case} of @returns {Reason[]} */
function longWait(of) {
  const limits = LONG_WAIT_SECONDS[of.card.channel];
  const { seconds: wait, kind, others } = longestWait(of.card, of.figures);
  if (!limits || !of.figures.line_open || wait <= limits.watch) return [];
  if (kind === "stuck") {
    // How long the others wait is not known.
    const n = of.figures.contacts_waiting - 1;
    return n > 0 ? [{ key: "hidden", grade: "watch", values: { n, wait }, mark: "waiting" }] : [];
  }
  if (kind === "overtaken") {
    return [{ key: "overtaken", grade: "watch", values: { wait, others: Math.ceil(others) }, mark: "oldest" }];
  }
  const grade = wait > limits.help ? "help" : "watch";
  return [{ key: "long_wait", grade, values: { wait, limit: limits[grade] }, mark: "oldest" }];
}

/** As EnsilinjaBelowFloor. @param {Case} of @returns {Reason[]} */
function underFloor(of) {
  const { today, open2h } = of.figures.windows;
  if (!isSettledIn(of)) return [];
  return GRAVE.flatMap((indicator) => {
    const [lately, floor] = [share(open2h, indicator), of.card.alert_floor_ratio?.[indicator]];
    const failed = (/** @type {import("./counts.js").Share | null} */ one) => (one ? one.valid - one.good : 0);
    const many = failed(lately) >= MANY_FAILURES && failed(share(today, indicator)) >= MANY_FAILURES;
    if (!lately || floor === undefined || !many || lately.valid < FEWEST || upper99(lately) >= floor) return [];
    // The tile shows the share of today. The one that is meant stands in the reason.
    return [{ ...shareReason("under", "help", indicator, lately, floor), mark: /** @type {Mark} */ ("reason") }];
  });
}

/**
 * Wilson's upper bound of the true share, with 99 % confidence, as in recording.yml.
 * @param {{good: number, valid: number}} of
 */
export function upper99({ good, valid }) {
  const root = Math.sqrt((good * (valid - good)) / valid + 1.35297);
  return (good + 2.70595 + 2.32635 * root) / (valid + 5.41189);
}

/** As EnsilinjaNobodyCallsBack. @param {Case} of @returns {Reason[]} */
function nobodyCallsBack(of) {
  const { figures } = of;
  const n = figures.callbacks_outstanding.today;
  const [due, closing] = [figures.callback_next_due_timestamp_seconds, figures.line_next_change_timestamp_seconds];
  const hour = figures.windows["1h"];
  if (!hour || due === undefined || closing === undefined || due < closing || openSeconds(of) < 3600) return [];
  const idle = total(hour.callback_attempts) === 0 && total(hour.callbacks_closed) === 0;
  const soon = (figures.callback_next_due_open_seconds ?? Infinity) < DUE_SOON_SECONDS;
  return n >= MANY_DUE && idle && soon
    ? [{ key: "nobody_calls_back", grade: "help", values: { n }, mark: "today" }] : [];
}

/**
 * Callback requests that were removed without a call, as EnsilinjaCallbacksPurged: the platform's list must be fetched
 * now, also while the line is closed. Later they are a fact of the day.
 * @param {Case} of
 * @returns {Reason[]}
 */
function discarded({ figures }) {
  const n = discardedIn(figures.windows[figures.line_open ? "open2h" : "1h"]);
  return n > 0 ? [{ key: "discarded", grade: "help", values: { n } }] : [];
}

/** @param {WindowFigures | null | undefined} window */
function discardedIn(window) {
  return (window?.callbacks_closed?.purged ?? 0) + (window?.callbacks_closed?.expired ?? 0);
}

/** @param {Case} of @returns {Reason[]} */
function overdue(of) {
  const [n, age] = [of.figures.callbacks_outstanding.overdue, of.figures.callback_overdue_oldest_seconds];
  if (n === 0 || !of.figures.line_open) return [];
  const grade = n >= MANY_OVERDUE && isSettledIn(of) ? "help" : "watch";
  return [{ key: "overdue", grade, values: { n, age }, mark: "overdue" }];
}

/**
 * As EnsilinjaCallbackDueSoon: a promise of half an hour is due soon only after half of it has passed.
 * @param {Case} of
 * @returns {Reason[]}
 */
function dueSoon({ figures }) {
  const seconds = figures.callback_next_due_open_seconds;
  if (seconds === undefined || seconds >= DUE_SOON_SECONDS || !figures.line_open) return [];
  if (figures.callback_oldest_seconds <= seconds) return [];
  const values = { n: figures.callbacks_outstanding.today, seconds };
  return [{ key: "due_soon", grade: "watch", values, mark: "today" }];
}

/**
 * Contacts still in the queue of a closed line: forgotten by staff, unless it is one whose end was lost.
 * @param {Case} of
 * @returns {Reason[]}
 */
function leftWaiting(of) {
  const n = of.figures.contacts_waiting;
  if (n === 0 || of.figures.line_open || (n === 1 && longestWait(of.card, of.figures).kind === "stuck")) return [];
  return [{ key: "waiting_closed", grade: "watch", values: { n }, mark: "waiting" }];
}

/**
 * Callbacks are given up at midnight; in the first two open hours staff should still make them.
 * @param {Case} of
 * @returns {Reason[]}
 */
function givenUp({ figures }) {
  const n = figures.windows.open2h?.callbacks_closed?.given_up ?? 0;
  return n > 0 && figures.line_open ? [{ key: "given_up", grade: "watch", values: { n } }] : [];
}

/** The share of the day, unless the last two hours already need help. @param {Case} of @returns {Reason[]} */
function lowToday(of) {
  if (!of.figures.line_open) return [];
  const worse = underFloor(of).map((reason) => reason.indicator);
  return GRAVE.filter((indicator) => !worse.includes(indicator))
    .flatMap((indicator) => below(of, indicator, "low", "watch", 0));
}

/** @param {Case} of @returns {Reason[]} */
function nearFloor(of) {
  if (!of.figures.line_open || below(of, "promise_kept", "low", "watch", 0).length > 0) return [];
  return below(of, "promise_kept", "near", "watch", NEAR_FLOOR);
}

/**
 * What a closed line owes: it is done when the line opens. Many promises left at closing can still be kept until
 * midnight.
 * @param {Case} of
 * @returns {Reason[]}
 */
function afterOpening({ figures, now }) {
  if (figures.line_open) return [];
  const at = figures.line_next_change_timestamp_seconds;
  const { overdue: late, today } = figures.callbacks_outstanding;
  /** @type {Record<string, number>} */
  const values = at === undefined ? {} : { at };
  /** @type {Reason[]} */
  const reasons = [];
  if (late > 0) {
    const key = at === undefined ? "overdue_closed" : "overdue_at_opening";
    const age = figures.callback_overdue_oldest_seconds;
    reasons.push({ key, grade: "note", values: { n: late, age, ...values }, mark: "overdue" });
  }
  if (today > 0 && figures.callback_next_due_open_seconds === 0) {
    const key = at === undefined ? "due_closed" : "due_at_opening";
    const justClosed = now - (figures.line_last_change_timestamp_seconds ?? -Infinity) < JUST_CLOSED_SECONDS;
    const grade = today >= MANY_DUE && justClosed ? "watch" : "note";
    reasons.push({ key, grade, values: { n: today, ...values }, mark: "today" });
  }
  return reasons;
}

/** Callbacks lost earlier today, which no rule above still asks to act on. @param {Case} of @returns {Reason[]} */
function lostToday(of) {
  const { purged = 0, expired = 0, given_up = 0 } = of.figures.windows.today?.callbacks_closed ?? {};
  const told = [...discarded(of), ...givenUp(of)].reduce((all, reason) => all + reason.values.n, 0);
  const n = purged + expired + given_up - told;
  return n > 0 ? [{ key: "lost_callbacks", grade: "note", values: { n } }] : [];
}

/** What came of contacts is not a matter of minutes. @param {Case} of @returns {Reason[]} */
function unresolved(of) {
  return of.figures.line_open ? below(of, "first_contact_resolution", "low", "note", 0) : [];
}

/** As EnsilinjaWaitStuck: a matter of the platform. @param {Case} of @returns {Reason[]} */
function stuck(of) {
  const { seconds: wait, kind } = longestWait(of.card, of.figures);
  const alone = of.figures.contacts_waiting === 1;
  if (kind !== "stuck" || (of.figures.line_open && !alone)) return [];
  return [{ key: "stuck", grade: "note", values: { wait }, mark: "oldest" }];
}

/**
 * The reason, if today's n is large enough and the share is below the floor plus the margin.
 * @param {Case} of @param {string} indicator @param {string} key @param {Grade} grade @param {number} margin
 * @returns {Reason[]}
 */
function below(of, indicator, key, grade, margin) {
  const floor = of.card.alert_floor_ratio?.[indicator];
  const today = share(of.figures.windows.today, indicator);
  if (floor === undefined || !today || today.valid < FEWEST) return [];
  // The tolerance is for rounding: 17 / 20 is not less than 0.8 + 0.05.
  return today.good / today.valid + 1e-9 < floor + margin ? [shareReason(key, grade, indicator, today, floor)] : [];
}

/**
 * @param {string} key @param {Grade} grade @param {string} indicator @param {{good: number, valid: number}} of
 * @param {number} floor @returns {Reason}
 */
function shareReason(key, grade, indicator, { good, valid }, floor) {
  /** @type {Mark | undefined} */
  const mark = indicator === "promise_kept" ? "kept" : undefined;
  return { key, grade, values: { ratio: good / valid, floor, n: valid }, indicator, mark };
}
