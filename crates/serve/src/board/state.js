// The state of a line and the reasons for it: what a supervisor has to attend to. A pure function of its figures. The
// texts are `reason_...` in the languages. docs/WALLBOARD.md has the same rules as a table.

/** @import { LineCard, LineFigures, WindowFigures, Channel } from "./contract.js" */
import { promises, share, total } from "./counts.js";

/** @typedef {"help" | "watch" | "fine" | "few" | "none" | "closed"} State */
/** @typedef {{key: string, values: Record<string, number>}} Reason `values` are raw; the language formats them. */
/** @typedef {{state: State, reasons: Reason[]}} Judgement The gravest reason comes first; there is at least one. */

/** The order of urgency.
 * @type {State[]} */
export const STATES = ["help", "watch", "fine", "few", "none", "closed"];

/** With an n smaller than this, a percentage says more about chance than about the line. */
export const FEWEST = 10;

/** A callback with less open time left than this is due soon, as in the alert rules. */
const DUE_SOON_SECONDS = 3600;

/** A share of kept promises less than this above its floor means Watch. */
const NEAR_FLOOR = 0.05;

/**
 * How long a customer may wait in an open line. A chat is promised within ten minutes. Text messages have no limit.
 * @type {Record<Channel, {watch: number, help: number} | null>}
 */
const LONG_WAIT_SECONDS = { phone: { watch: 300, help: 900 }, chat: { watch: 300, help: 600 }, sms: null };

/**
 * @param {LineCard} card
 * @param {LineFigures | null | undefined} figures
 * @returns {Judgement}
 */
export function stateOf(card, figures) {
  if (!figures) return { state: "none", reasons: [{ key: "no_figures", values: {} }] };
  const help = [
    ...lost(figures),
    ...overdue(figures),
    ...underFloor(card, figures),
    ...longWait(card, figures, "help"),
  ];
  const watch = [
    ...dueSoon(figures),
    ...leftWaiting(figures),
    ...longWait(card, figures, help.some((reason) => reason.key === "long_wait") ? null : "watch"),
    ...nearFloor(card, figures),
    ...unresolved(card, figures),
  ];
  if (help.length > 0) return { state: "help", reasons: [...help, ...watch] };
  if (watch.length > 0) return { state: "watch", reasons: watch };
  return figures.line_open ? quiet(figures) : { state: "closed", reasons: [opening(figures)] };
}

/**
 * Nothing is wrong. Is the n large enough to say so?
 * @param {LineFigures} figures
 * @returns {Judgement}
 */
function quiet(figures) {
  const today = figures.windows.today;
  if (!today) return { state: "none", reasons: [{ key: "no_window", values: {} }] };
  const decided = total(today.contacts_decided);
  if (promises(figures) === false) {
    const few = decided < FEWEST;
    const key = few ? "few_contacts" : "nothing_promised";
    return { state: few ? "few" : "fine", reasons: [{ key, values: { n: decided } }] };
  }
  const kept = share(today, "promise_kept") ?? { good: 0, valid: 0 };
  if (kept.valid === 0 && today.contacts_offered === 0) {
    return { state: "none", reasons: [{ key: "no_contacts", values: {} }] };
  }
  if (kept.valid < FEWEST) return { state: "few", reasons: [{ key: "too_few", values: { n: kept.valid } }] };
  return { state: "fine", reasons: [opening(figures), { key: "kept", values: { ratio: kept.good / kept.valid } }] };
}

/** The reason that says until when the line stays open or closed. @param {LineFigures} figures @returns {Reason} */
function opening(figures) {
  const key = figures.line_open ? "open" : "closed";
  const at = figures.line_next_change_timestamp_seconds;
  return at === undefined ? { key, values: {} } : { key: `${key}_until`, values: { at } };
}

/**
 * Callback requests that were discarded, so the customers will never be called. They count for the whole day.
 * @param {LineFigures} figures
 * @returns {Reason[]}
 */
function lost(figures) {
  const { purged = 0, expired = 0, given_up = 0 } = figures.windows.today?.callbacks_closed ?? {};
  const n = purged + expired + given_up;
  return n > 0 ? [{ key: "lost_callbacks", values: { n } }] : [];
}

/**
 * Overdue callbacks count on a closed line too.
 * @param {LineFigures} figures
 * @returns {Reason[]}
 */
function overdue(figures) {
  const n = figures.callbacks_outstanding.overdue;
  return n > 0 ? [{ key: "overdue", values: { n } }] : [];
}

/** @param {LineFigures} figures @returns {Reason[]} */
function dueSoon(figures) {
  const seconds = figures.callback_next_due_open_seconds;
  if (seconds === undefined || seconds >= DUE_SOON_SECONDS) return [];
  return [seconds === 0 ? { key: "due_closed", values: {} } : { key: "due_soon", values: { seconds } }];
}

/**
 * Contacts still in the queue of a closed line: forgotten by staff, or their end was lost by the platform.
 * @param {LineFigures} figures
 * @returns {Reason[]}
 */
function leftWaiting(figures) {
  const n = figures.contacts_waiting;
  return n > 0 && !figures.line_open ? [{ key: "waiting_closed", values: { n } }] : [];
}

/**
 * Only while the line is open.
 * @param {LineCard} card
 * @param {LineFigures} figures
 * @param {"help" | "watch" | null} grade
 * @returns {Reason[]}
 */
function longWait(card, figures, grade) {
  const limits = LONG_WAIT_SECONDS[card.channel];
  if (!grade || !limits || !figures.line_open || figures.contacts_waiting === 0) return [];
  const [wait, limit] = [figures.waiting_oldest_seconds, limits[grade]];
  return wait > limit ? [{ key: "long_wait", values: { wait, limit } }] : [];
}

/** Indicators for which a share below the floor means that customers are not served. @type {[string, string][]} */
const GRAVE = [["promise_kept", "promise_under"], ["service", "service_under"]];

/** @param {LineCard} card @param {LineFigures} figures @returns {Reason[]} */
function underFloor(card, figures) {
  if (!figures.line_open) return [];
  return GRAVE.flatMap(([indicator, key]) => below(card, figures.windows.today, indicator, key, 0));
}

/** @param {LineCard} card @param {LineFigures} figures @returns {Reason[]} */
function nearFloor(card, figures) {
  if (!figures.line_open) return [];
  const under = below(card, figures.windows.today, "promise_kept", "promise_near", 0);
  return under.length > 0 ? [] : below(card, figures.windows.today, "promise_kept", "promise_near", NEAR_FLOOR);
}

/** @param {LineCard} card @param {LineFigures} figures @returns {Reason[]} */
function unresolved(card, figures) {
  if (!figures.line_open) return [];
  return below(card, figures.windows.today, "first_contact_resolution", "resolution_under", 0);
}

/**
 * The reason, if n is large enough and the share is below the floor plus the margin.
 * @param {LineCard} card
 * @param {WindowFigures | null | undefined} window
 * @param {string} indicator
 * @param {string} key
 * @param {number} margin
 * @returns {Reason[]}
 */
function below(card, window, indicator, key, margin) {
  const floor = card.alert_floor_ratio?.[indicator];
  const of = share(window, indicator);
  if (floor === undefined || !of || of.valid < FEWEST) return [];
  const ratio = of.good / of.valid;
  // The tolerance is for rounding: 17 / 20 is not less than 0.8 + 0.05.
  return ratio + 1e-9 < floor + margin ? [{ key, values: { ratio, floor, n: of.valid } }] : [];
}
