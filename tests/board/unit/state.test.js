// The rules of docs/WALLBOARD.md, one by one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { stateOf } from "../../../crates/serve/src/board/state.js";
import { card, line, today } from "./lines.js";

/** @param {any} figures @param {any} [of] */
const state = (figures, of = card()) => stateOf(of, figures).state;

/** @param {any} figures @param {any} [of] */
const keys = (figures, of = card()) => stateOf(of, figures).reasons.map((reason) => reason.key);

test("a line without figures has no data", () => {
  assert.deepEqual(stateOf(card(), null), { state: "none", reasons: [{ key: "no_figures", values: {} }] });
});

test("a line that keeps its promise is fine, and shows until when it is open", () => {
  assert.equal(state(line()), "fine");
  assert.deepEqual(keys(line()), ["open_until", "kept"]);
});

test("an overdue callback needs help, on a closed line too", () => {
  const owed = { callbacks_outstanding: { later: 0, today: 3, overdue: 2 } };
  assert.deepEqual(stateOf(card(), line(owed)).reasons[0], { key: "overdue", values: { n: 2 } });
  assert.equal(state(line({ ...owed, line_open: 0 })), "help");
});

test("lost callbacks need help until midnight, on a closed line too", () => {
  const closed = { reached: 9, unreached: 9, cancelled: 9, duplicate: 9, expired: 1, purged: 2, given_up: 3 };
  const thrownAway = { windows: { today: { ...today(), callbacks_closed: closed } }, line_open: 0 };
  assert.deepEqual(stateOf(card(), line(thrownAway)), {
    state: "help", reasons: [{ key: "lost_callbacks", values: { n: 6 } }],
  });
  const served = { ...closed, expired: 0, purged: 0, given_up: 0 };
  assert.equal(state(line({ windows: { today: { ...today(), callbacks_closed: served } } })), "fine");
});

test("a promise below its floor needs help while the line is open, if n is large enough", () => {
  const bad = (/** @type {number} */ good, /** @type {number} */ valid) => ({ windows: { today: today({ good, valid }) } });
  assert.deepEqual(keys(line(bad(7, 10))), ["promise_under"]);
  assert.equal(state(line(bad(7, 10))), "help");
  assert.equal(state(line(bad(0, 9))), "few");
  assert.equal(state(line({ ...bad(7, 10), line_open: 0 })), "closed");
  assert.equal(state(line(bad(7, 10)), card({ alert_floor_ratio: {} })), "fine");
});

test("a promise close to its floor is watched, and at the floor it is not below it", () => {
  const kept = (/** @type {number} */ good) => line({ windows: { today: today({ good, valid: 100 }) } });
  assert.deepEqual([79, 80, 84, 85].map((good) => state(kept(good))), ["help", "watch", "watch", "fine"]);
});

test("a wait is watched from five minutes on, and needs help beyond the limit of the channel", () => {
  const waits = (/** @type {number} */ seconds) => line({ contacts_waiting: 1, waiting_oldest_seconds: seconds });
  assert.deepEqual([300, 301, 900, 901].map((seconds) => state(waits(seconds))), ["fine", "watch", "watch", "help"]);
  const chat = card({ channel: "chat" });
  assert.deepEqual([600, 601].map((seconds) => state(waits(seconds), chat)), ["watch", "help"]);
  assert.equal(state(waits(90_000), card({ channel: "sms" })), "fine");
});

test("contacts waiting on a closed line are watched, however long they wait", () => {
  const left = line({ contacts_waiting: 3, waiting_oldest_seconds: 901, line_open: 0 });
  assert.deepEqual(stateOf(card(), left), { state: "watch", reasons: [{ key: "waiting_closed", values: { n: 3 } }] });
});

test("a callback with less than an hour of open time left is watched, also with none left", () => {
  assert.deepEqual([3600, 3599].map((left) => state(line({ callback_next_due_open_seconds: left }))), ["fine", "watch"]);
  const left = line({ callback_next_due_open_seconds: 0, line_open: 0 });
  assert.deepEqual([state(left), ...keys(left)], ["watch", "due_closed"]);
});

test("a service below its floor needs help; a low resolution is watched", () => {
  const share = (/** @type {string} */ indicator, /** @type {number} */ good) => {
    const day = today();
    day.indicator_good[indicator] = good;
    day.indicator_valid[indicator] = 20;
    return line({ windows: { today: day } });
  };
  assert.deepEqual(keys(share("service", 0)), ["service_under"]);
  assert.equal(state(share("service", 0)), "help");
  assert.equal(state(share("first_contact_resolution", 11)), "watch");
});

test("closed until, no data, too few and no promises are four answers", () => {
  const closed = line({ line_open: 0 });
  assert.deepEqual(stateOf(card(), closed).reasons, [{ key: "closed_until", values: { at: 1758013200 } }]);
  const { line_next_change_timestamp_seconds: _, ...never } = closed;
  assert.deepEqual(keys(never), ["closed"]);
  assert.deepEqual(keys(line({ windows: { today: null } })), ["no_window"]);
  assert.deepEqual(keys(line({ windows: { today: today({ good: 0, valid: 0, decided: 0 }) } })), ["no_contacts"]);
  const waiting = { ...today({ good: 0, valid: 0, decided: 0 }), contacts_offered: 3 };
  const first = line({ windows: { today: waiting }, contacts_waiting: 3, promises_pending: { answer: 3, callback: 0 } });
  assert.deepEqual([state(first), ...keys(first)], ["few", "too_few"], "who waits has come");
  const few = line({ windows: { today: today({ good: 9, valid: 9 }) } });
  assert.deepEqual(stateOf(card(), few), { state: "few", reasons: [{ key: "too_few", values: { n: 9 } }] });
  const free = line({ windows: { today: today({ good: 0, valid: 0, decided: 30 }) }, promises_pending: {} });
  assert.deepEqual([state(free), ...keys(free)], ["fine", "nothing_promised"]);
  const quiet = line({ windows: { today: today({ good: 0, valid: 0, decided: 9 }) }, promises_pending: {} });
  assert.deepEqual(stateOf(card(), quiet), { state: "few", reasons: [{ key: "few_contacts", values: { n: 9 } }] });
});

test("the gravest reason comes first, and the others are not lost", () => {
  const all = line({
    callbacks_outstanding: { later: 0, today: 1, overdue: 1 }, callback_next_due_open_seconds: 60,
    contacts_waiting: 2, waiting_oldest_seconds: 1000, windows: { today: today({ good: 1, valid: 20 }) },
  });
  assert.deepEqual(keys(all), ["overdue", "promise_under", "long_wait", "due_soon"]);
});
