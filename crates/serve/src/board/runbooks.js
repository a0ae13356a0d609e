// What a reason means in practice: its alert, whose runbook says what to do, and the figure that `ensilinja explain`
// derives contact by contact.

/** @import { Reason } from "./rules.js" */
/** @import { Key } from "./language.js" */

/** @typedef {{why: Key, alert: string, figure: string, window?: string}} Background */

/** @type {Record<string, Background>} */
const BACKGROUNDS = {
  nobody_answers: { why: "why_nobody_answers", alert: "EnsilinjaNobodyAnswers", figure: "abandoned", window: "open2h" },
  long_wait: { why: "why_long_wait", alert: "EnsilinjaWaitingTooLong", figure: "waiting_oldest" },
  overtaken: { why: "why_overtaken", alert: "EnsilinjaWaitingTooLongTicket", figure: "waiting_oldest" },
  under: { why: "why_under", alert: "EnsilinjaBelowFloor", figure: "promise_kept", window: "open2h" },
  nobody_calls_back: { why: "why_nobody_calls_back", alert: "EnsilinjaNobodyCallsBack", figure: "outstanding" },
  discarded: { why: "why_discarded", alert: "EnsilinjaCallbacksPurged", figure: "callbacks_closed", window: "open2h" },
  overdue: { why: "why_overdue", alert: "EnsilinjaCallbackOverdue", figure: "overdue" },
  due_soon: { why: "why_due_soon", alert: "EnsilinjaCallbackDueSoon", figure: "outstanding" },
  waiting_closed: { why: "why_waiting_closed", alert: "EnsilinjaWaitStuck", figure: "waiting" },
  given_up: { why: "why_given_up", alert: "EnsilinjaCallbacksGivenUpPage", figure: "given_up", window: "open2h" },
  low: { why: "why_low", alert: "EnsilinjaBelowFloor", figure: "promise_kept", window: "today" },
  near: { why: "why_near", alert: "EnsilinjaBelowFloor", figure: "promise_kept", window: "today" },
  overdue_at_opening: { why: "why_afterwards", alert: "EnsilinjaCallbackOverdueTicket", figure: "overdue" },
  overdue_closed: { why: "why_overdue", alert: "EnsilinjaCallbackOverdueTicket", figure: "overdue" },
  due_at_opening: { why: "why_afterwards", alert: "EnsilinjaCallbacksBehind", figure: "outstanding" },
  due_closed: { why: "why_due_soon", alert: "EnsilinjaCallbacksBehind", figure: "outstanding" },
  lost_callbacks: {
    why: "why_lost_callbacks", alert: "EnsilinjaCallbacksPurged", figure: "callbacks_closed", window: "today",
  },
  hidden: { why: "why_hidden", alert: "EnsilinjaWaitStuck", figure: "waiting_oldest" },
  stuck: { why: "why_stuck", alert: "EnsilinjaWaitStuck", figure: "waiting_oldest" },
};

/** `null` for a reason that asks for nothing. @param {Reason} reason @returns {Background | null} */
export function backgroundOf({ key, indicator }) {
  const found = BACKGROUNDS[key];
  if (!found) return null;
  return indicator ? { ...found, figure: indicator } : found;
}

/**
 * The command line that lists the contacts behind a figure of a line, without the instant.
 * @param {string} line @param {{figure: string, window?: string}} of
 */
export function explainCommand(line, { figure, window }) {
  const of = window ? ` --window ${window}` : "";
  return `ensilinja explain --config ensilinja.toml --line ${line} --figure ${figure}${of}`;
}
