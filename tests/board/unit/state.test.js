// The rules of docs/WALLBOARD.md, one by one.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { upper99 } from "../../../crates/serve/src/board/rules.js";
import { isAsleep, stateOf } from "../../../crates/serve/src/board/state.js";
import { card, CLOSES, line, NOW, OPENED, today } from "./lines.js";

/** @param {any} figures @param {any} [of] @param {number} [now] */
const state = (figures, of = card(), now = NOW) => stateOf(of, figures, now).state;

/** @param {any} figures @param {any} [of] @param {number} [now] */
const keys = (figures, of = card(), now = NOW) => stateOf(of, figures, now).reasons.map((reason) => reason.key);

/** The most urgent reason, without its key's companions. @param {any} figures @param {any} [of] @returns {any} */
const first = (figures, of = card()) => stateOf(of, figures, NOW).reasons[0];

test("a line without figures has no data", () => {
  assert.deepEqual(keys(null), ["no_figures"]);
  assert.equal(state(null), "none");
});

test("a line that keeps its promise is fine, and shows until when it is open", () => {
  assert.equal(state(line()), "fine");
  assert.deepEqual(keys(line()), ["open_until", "kept"]);
});

test("a wait is watched from five minutes on, and needs help beyond the limit of the channel", () => {
  const waits = (/** @type {number} */ seconds) => line({ contacts_waiting: 1, waiting_oldest_seconds: seconds });
  assert.deepEqual([300, 301, 900, 901].map((seconds) => state(waits(seconds))), ["fine", "watch", "watch", "help"]);
  assert.deepEqual([first(waits(301)).values.limit, first(waits(901)).values.limit], [300, 900], "the limit passed");
  assert.equal(first(waits(901)).mark, "oldest");
  const chat = card({ channel: "chat" });
  assert.deepEqual([600, 601].map((seconds) => state(waits(seconds), chat)), ["watch", "help"]);
  assert.equal(state(waits(90_000), card({ channel: "sms" })), "fine");
});

test("a wait during which others were served much faster is only watched: the customer may have left", () => {
  const waits = (/** @type {number} */ seconds, /** @type {number} */ others) => line({
    contacts_waiting: 1, waiting_oldest_seconds: seconds,
    windows: { today: today(), "15m": { ...today(), answer_wait_quantile_seconds: { "0.9": others } } },
  });
  assert.equal(state(waits(2100, 1200)), "help", "served in order: who was answered came earlier");
  assert.deepEqual([state(waits(2100, 1199)), ...keys(waits(2100, 1199))], ["watch", "overtaken"]);
  assert.deepEqual(first(waits(2100, 240)).values, { wait: 2100, others: 240 });
  assert.deepEqual(keys(waits(299, 0)), ["open_until", "kept"]);
});

test("a wait that no customer stays for is a note: its event of the end is missing", () => {
  const waits = (/** @type {number} */ seconds, more = {}) =>
    line({ contacts_waiting: 1, waiting_oldest_seconds: seconds, ...more });
  assert.deepEqual([10_800, 10_801].map((seconds) => state(waits(seconds))), ["help", "fine"]);
  assert.deepEqual(keys(waits(10_801)), ["stuck", "open_until", "kept"]);
  assert.deepEqual([state(waits(10_801, { line_open: 0 })), first(waits(10_801, { line_open: 0 })).key], ["closed", "stuck"]);
});

test("others who wait behind a lost contact are watched: how long they wait is not known", () => {
  const waits = (/** @type {number} */ n, more = {}) =>
    line({ contacts_waiting: n, waiting_oldest_seconds: 20_000, ...more });
  assert.deepEqual([state(waits(3)), ...keys(waits(3))], ["watch", "hidden"]);
  assert.deepEqual(first(waits(3)).values, { n: 2, wait: 20_000 });
  const left = waits(3, { line_open: 0 });
  assert.deepEqual([state(left), ...keys(left)], ["watch", "waiting_closed", "stuck"]);
});

test("contacts waiting on a closed line are watched", () => {
  const left = line({ contacts_waiting: 3, waiting_oldest_seconds: 901, line_open: 0 });
  assert.equal(state(left), "watch");
  assert.deepEqual([first(left).key, first(left).values, first(left).mark], ["waiting_closed", { n: 3 }, "waiting"]);
});

test("customers who leave while none is served need help, but not in the first minutes", () => {
  /** @param {Record<string, number>} decided @param {Record<string, number>} [closed] @returns {any} */
  const left = (decided, closed = {}) => {
    const day = { ...today({ good: 0, valid: 0 }), contacts_offered: 9, contacts_decided: decided, callbacks_closed: closed };
    return line({ windows: { today: day, open2h: null } });
  };
  assert.deepEqual([first(left({ abandoned_queue: 3, timed_out: 2 })).key, first(left({ abandoned_queue: 5 })).values],
    ["nobody_answers", { n: 5 }]);
  assert.equal(state(left({ abandoned_queue: 5 })), "help");
  assert.notEqual(state(left({ abandoned_queue: 4, abandoned_short: 9 })), "help", "who left at once never waited");
  for (const served of [left({ abandoned_queue: 9, answered: 1 }), left({ abandoned_queue: 9, callback_requested: 1 }),
    left({ abandoned_queue: 9 }, { reached: 1 })]) {
    assert.notEqual(first(served).key, "nobody_answers");
  }
  assert.notEqual(state(left({ abandoned_queue: 5 }), card(), OPENED + 900), "help");
  const morning = left({ answered: 30, abandoned_queue: 5 });
  morning.windows.open2h = { ...today({ decided: 0 }), contacts_decided: { abandoned_queue: 5 } };
  assert.equal(first(morning).key, "nobody_answers", "answering has stopped since");
});

/** Shares of an indicator: of today, and of the last two open hours. @returns {any} */
function shares(indicator = "promise_kept", [good, valid] = [0, 0], [lately, of] = [0, 0]) {
  const window = (/** @type {number} */ good, /** @type {number} */ valid) => {
    const day = today();
    day.indicator_good[indicator] = good;
    day.indicator_valid[indicator] = valid;
    return day;
  };
  return line({ windows: { today: window(good, valid), open2h: window(lately, of) } });
}

test("a share certainly below its floor in two open hours needs help, while the line is open", () => {
  const bad = shares("promise_kept", [60, 100], [10, 30]);
  assert.deepEqual([state(bad), first(bad).key, first(bad).indicator, first(bad).mark], ["help", "under", "promise_kept", "reason"]);
  assert.deepEqual(first(bad).values, { ratio: 10 / 30, floor: 0.8, n: 30 });
  for (const indicator of ["service", "service_level", "answered_live", "callback_reached"]) {
    const of = card({ alert_floor_ratio: { [indicator]: 0.8 } });
    assert.deepEqual([state(shares(indicator, [60, 100], [10, 30]), of), first(shares(indicator, [60, 100], [10, 30]), of).key],
      ["help", "under"], indicator);
  }
  assert.equal(state({ ...bad, line_open: 0 }), "closed");
  assert.equal(state(bad, card(), OPENED + 900), "watch", "staff have begun just now: the day is watched");
  assert.notEqual(state(shares("promise_kept", [98, 100], [10, 30])), "help", "fewer than three failures of today");
  assert.notEqual(state(shares("promise_kept", [1, 9], [1, 9])), "help", "n too small");
});

test("the certainty is that of the alerts: Wilson's bound with 99 % confidence", () => {
  assert.ok(Math.abs(upper99({ good: 10, valid: 30 }) - 0.545) < 0.001);
  // By hand for none of ten: (0 + 2.70595 + 2.32635 * sqrt(1.35297)) / 15.41189.
  assert.ok(Math.abs(upper99({ good: 0, valid: 10 }) - 0.351) < 0.001);
  const rules = readFileSync(path.resolve(import.meta.dirname, "../../../deploy/prometheus/rules/recording.yml"), "utf8");
  for (const number of ["2.70595", "2.32635", "1.35297", "5.41189"]) assert.ok(rules.includes(number), number);
  const doubt = (/** @type {number} */ good) => state(shares("promise_kept", [good, 30], [good, 30]));
  assert.deepEqual([17, 19].map(doubt), ["help", "watch"], "19 of 30 may still be 80 %");
});

test("a share of the day below its floor is watched, and a promise close to it", () => {
  const kept = (/** @type {number} */ good) => shares("promise_kept", [good, 100], [20, 20]);
  assert.deepEqual([79, 80, 84, 85].map((good) => state(kept(good))), ["watch", "watch", "watch", "fine"]);
  assert.deepEqual([79, 80].map((good) => first(kept(good)).key), ["low", "near"]);
  assert.equal(state(kept(79), card({ alert_floor_ratio: {} })), "fine");
  assert.equal(state({ ...kept(79), line_open: 0 }), "closed");
  assert.equal(state(shares("promise_kept", [0, 9])), "few");
});

test("a low resolution is a note: it is no matter of minutes", () => {
  const low = shares("first_contact_resolution", [11, 20]);
  assert.deepEqual([state(low), ...keys(low)], ["fine", "low", "open_until", "kept"]);
});

test("one or two overdue callbacks are watched, three need help, from a quarter of an hour after opening on", () => {
  const owed = (/** @type {number} */ n) => line({
    callbacks_outstanding: { later: 0, today: 3, overdue: n }, callback_overdue_oldest_seconds: 5400,
  });
  assert.deepEqual([0, 1, 2, 3].map((n) => state(owed(n))), ["fine", "watch", "watch", "help"]);
  assert.deepEqual([first(owed(2)).key, first(owed(2)).values, first(owed(2)).mark], ["overdue", { n: 2, age: 5400 }, "overdue"]);
  assert.deepEqual([900, 901].map((since) => state(owed(3), card(), OPENED + since)), ["watch", "help"]);
  const { line_last_change_timestamp_seconds: _, ...always } = owed(3);
  assert.equal(state(always), "help", "a line that never closes");
});

test("what a closed line owes is said with the instant at which it can be done", () => {
  const owes = { callbacks_outstanding: { later: 0, today: 2, overdue: 4 }, callback_overdue_oldest_seconds: 60, line_open: 0 };
  const at = CLOSES;
  const both = line({ ...owes, callback_next_due_open_seconds: 0 });
  assert.deepEqual([state(both), ...keys(both)], ["closed", "overdue_at_opening", "due_at_opening", "closed_until"]);
  assert.deepEqual(stateOf(card(), both, NOW).reasons.slice(0, 2).map(({ values }) => values), [{ n: 4, age: 60, at }, { n: 2, at }]);
  assert.deepEqual(keys(line({ ...owes, callback_next_due_open_seconds: 7200 })), ["overdue_at_opening", "closed_until"],
    "open time is left to make it");
  const { line_next_change_timestamp_seconds: __, ...never } = both;
  assert.deepEqual(keys(never), ["overdue_closed", "due_closed", "closed"]);
});

test("many promises left at closing are watched for an hour: until midnight they can still be kept", () => {
  /** @param {number} n @param {number} since closing */
  const left = (n, since) => state(line({
    line_open: 0, line_last_change_timestamp_seconds: NOW - since, callback_next_due_open_seconds: 0,
    callbacks_outstanding: { later: 0, today: n, overdue: 0 },
  }));
  assert.deepEqual([left(4, 60), left(5, 60), left(5, 3599), left(5, 3600)], ["closed", "watch", "watch", "closed"]);
});

test("only a closed line that owes nothing shares a row with others", () => {
  const asleep = (/** @type {any} */ figures) => isAsleep(stateOf(card(), figures, NOW));
  const closed = { line_open: 0 };
  assert.equal(asleep(line(closed)), true);
  assert.equal(asleep(line({ ...closed, windows: { today: null } })), true, "no data on a closed line is no fault");
  for (const awake of [line(), line({ windows: { today: null } }), line({ ...closed, contacts_waiting: 1 }),
    line({ ...closed, callbacks_outstanding: { later: 0, today: 0, overdue: 1 } }), null]) {
    assert.equal(asleep(awake), false);
  }
});

test("a callback with less than an hour of open time left is watched, while the line is open", () => {
  const soon = (/** @type {number} */ left, line_open = 1) =>
    line({ callback_next_due_open_seconds: left, callback_oldest_seconds: 9000, line_open, callbacks_outstanding: { later: 0, today: 2, overdue: 0 } });
  assert.deepEqual([3600, 3599].map((left) => state(soon(left))), ["fine", "watch"]);
  assert.deepEqual(first(soon(1800)).values, { n: 2, seconds: 1800 });
  assert.equal(state(soon(1800, 0)), "closed");
  const fresh = (/** @type {number} */ age) => state({ ...soon(900), callback_oldest_seconds: age });
  assert.deepEqual([900, 901].map(fresh), ["fine", "watch"], "half of a promise of half an hour has passed");
});

test("many callbacks due within the last open hour, and none made in it, need help", () => {
  /** @param {Record<string, unknown>} [more] @param {any} [hour] */
  const due = (more = {}, hour = { callback_attempts: { failed: 0 }, callbacks_closed: { reached: 0 } }) => line({
    callbacks_outstanding: { later: 0, today: 5, overdue: 0 }, callback_next_due_open_seconds: 1800,
    callback_next_due_timestamp_seconds: CLOSES, windows: { today: today(), "1h": hour }, ...more,
  });
  assert.deepEqual([state(due()), first(due()).key, first(due()).mark], ["help", "nobody_calls_back", "today"]);
  for (const calm of [
    due({ callbacks_outstanding: { later: 0, today: 4, overdue: 0 } }),
    due({ callback_next_due_timestamp_seconds: CLOSES - 1 }),
    due({ callback_next_due_open_seconds: 3600 }),
    due({ line_last_change_timestamp_seconds: NOW - 3599 }),
    due({}, { callback_attempts: { failed: 1 }, callbacks_closed: {} }),
    due({}, { callback_attempts: {}, callbacks_closed: { unreached: 1 } }),
    due({}, null),
  ]) {
    assert.notEqual(state(calm), "help");
  }
});

/** @param {Record<string, Record<string, number>>} closed by window @param {Record<string, unknown>} [more] @returns {any} */
const resolved = (closed, more = {}) => line({
  windows: Object.fromEntries(Object.entries(closed).map(([window, counts]) =>
    [window, { ...today(), callbacks_closed: counts }])), ...more,
});

test("discarded callback requests need help for two open hours, on a closed line for one hour; then they are a note", () => {
  const now = resolved({ today: { purged: 2, expired: 1 }, open2h: { purged: 2, expired: 1 }, "1h": {} });
  assert.deepEqual([state(now), ...keys(now)], ["help", "discarded", "open_until", "kept"].slice(0, 2));
  assert.deepEqual(first(now).values, { n: 3 });
  const night = (/** @type {number} */ purged) =>
    resolved({ today: { purged: 2 }, open2h: { purged: 2 }, "1h": { purged } }, { line_open: 0 });
  assert.deepEqual([state(night(2)), state(night(0))], ["help", "closed"]);
  assert.deepEqual(keys(night(0)), ["lost_callbacks", "closed_until"]);
  const earlier = resolved({ today: { purged: 2 }, open2h: {}, "1h": {} });
  assert.deepEqual([state(earlier), ...keys(earlier)], ["fine", "lost_callbacks", "open_until", "kept"]);
});

test("callbacks given up at midnight are watched for two open hours; then they are a note", () => {
  const morning = resolved({ today: { given_up: 2 }, open2h: { given_up: 2 } });
  assert.deepEqual([state(morning), ...keys(morning)], ["watch", "given_up"]);
  const noon = resolved({ today: { given_up: 2, purged: 1 }, open2h: { given_up: 0 } });
  assert.deepEqual([state(noon), first(noon).key, first(noon).values], ["fine", "lost_callbacks", { n: 3 }]);
  const served = resolved({ today: { reached: 9, unreached: 9, cancelled: 9, duplicate: 9 }, open2h: {} });
  assert.deepEqual(keys(served), ["open_until", "kept"]);
});

test("closed until, no data, too few and no promises are four answers", () => {
  const closed = line({ line_open: 0 });
  assert.deepEqual(stateOf(card(), closed, NOW).reasons, [{ key: "closed_until", grade: "plain", values: { at: CLOSES } }]);
  const { line_next_change_timestamp_seconds: _, ...never } = closed;
  assert.deepEqual(keys(never), ["closed"]);
  assert.deepEqual(keys(line({ windows: { today: null } })), ["no_window"]);
  assert.equal(state(line({ windows: { today: null } })), "none");
  const silent = line({ windows: { today: today({ good: 0, valid: 0, decided: 0 }) } });
  assert.deepEqual([state(silent), ...keys(silent)], ["few", "no_contacts"], "that none came is known");
  const waiting = { ...today({ good: 0, valid: 0, decided: 0 }), contacts_offered: 3 };
  const early = line({ windows: { today: waiting }, contacts_waiting: 3, promises_pending: { answer: 3, callback: 0 } });
  assert.deepEqual([state(early), ...keys(early)], ["few", "none_settled"], "who waits has come");
  const few = line({ windows: { today: today({ good: 9, valid: 9 }) } });
  assert.deepEqual([state(few), ...keys(few)], ["few", "too_few"]);
  const free = line({ windows: { today: today({ good: 0, valid: 0, decided: 30 }) }, promises_pending: {} });
  assert.deepEqual([state(free), ...keys(free)], ["fine", "nothing_promised"]);
  const quiet = line({ windows: { today: today({ good: 0, valid: 0, decided: 9 }) }, promises_pending: {} });
  assert.deepEqual([state(quiet), ...keys(quiet)], ["few", "few_contacts"]);
});

test("the most urgent reason comes first, and the others are not lost", () => {
  const all = line({
    callbacks_outstanding: { later: 0, today: 1, overdue: 3 }, callback_next_due_open_seconds: 60,
    callback_oldest_seconds: 3600, contacts_waiting: 2, waiting_oldest_seconds: 1000,
    windows: {
      today: { ...today({ good: 1, valid: 20 }), callbacks_closed: { purged: 1, given_up: 1 } },
      open2h: { ...today({ good: 1, valid: 20 }), callbacks_closed: { purged: 1, given_up: 1 } },
    },
  });
  assert.deepEqual(keys(all), ["long_wait", "under", "discarded", "overdue", "due_soon", "given_up"]);
  const calmer = { ...all, contacts_waiting: 0, callbacks_outstanding: { later: 0, today: 1, overdue: 1 } };
  assert.deepEqual(keys(calmer), ["under", "discarded", "overdue", "due_soon", "given_up"], "what needs help before what is watched");
});
