// Sums, states and freshness before anything is shown.

import assert from "node:assert/strict";
import { test } from "node:test";
import { countyOf, courseOf, statesOf } from "../../../crates/serve/src/board/county.js";
import { hasCallbacks, promises } from "../../../crates/serve/src/board/counts.js";
import { freshnessOf, isStale } from "../../../crates/serve/src/board/freshness.js";
import { keptInWords } from "../../../crates/serve/src/board/kept.js";
import { Language } from "../../../crates/serve/src/board/language.js";
import { card, line, today } from "./lines.js";

const english = new Language("en", "Europe/Helsinki");

/** @param {Record<string, unknown>} [otherwise] @returns {any} */
const figures = (otherwise = {}) => ({
  now_timestamp_seconds: 1000.4, figures_as_of_timestamp_seconds: 1000, complete: true, rebuild_progress_ratio: 1,
  reasons: [], lines: [], ...otherwise,
});

test("the county adds numerators and denominators, and a line without figures adds nothing", () => {
  const small = line({ windows: { today: today({ good: 0, valid: 1 }) }, promises_pending: { answer: 2, callback: 3 } });
  const large = line({
    contacts_waiting: 3, waiting_oldest_seconds: 61, callbacks_outstanding: { later: 1, today: 2, overdue: 4 },
    windows: { today: today({ good: 99, valid: 99 }) },
  });
  assert.deepEqual(countyOf([card(), card(), card()], [small, null, large]), {
    known: 2, waiting: 3, oldestLine: 2, oldestSeconds: 61, doubted: 0, doubtedSeconds: 0, dueToday: 2, overdue: 4,
    kept: { good: 99, valid: 100 }, pending: 5,
  });
  assert.equal(countyOf([card()], [null]).kept, null);
});

test("a wait that is probably of a lost contact is shown beside the county's longest wait, not as it", () => {
  const waits = (/** @type {number} */ waiting_oldest_seconds) => line({ contacts_waiting: 1, waiting_oldest_seconds });
  const overtaken = waits(3000);
  overtaken.windows["15m"] = { ...today(), answer_wait_quantile_seconds: { "0.9": 60 } };
  const cards = [card(), card(), card()];
  const { oldestSeconds, oldestLine, doubted, doubtedSeconds, waiting } =
    countyOf(cards, [waits(20_000), waits(400), overtaken]);
  assert.deepEqual({ oldestSeconds, oldestLine, doubted, doubtedSeconds, waiting },
    { oldestSeconds: 400, oldestLine: 1, doubted: 2, doubtedSeconds: 20_000, waiting: 3 });
  assert.equal(countyOf([card({ channel: "sms" })], [waits(20_000)]).oldestSeconds, 20_000, "a text message may wait");
});

test("the county's day is shown only if every line's is known", () => {
  const course = { offered: [1, 2], answered: [1, 0], callback_requested: [0, 1], timed_out: [0, 1], abandoned: [0, 0] };
  const day = { start_timestamp_seconds: 0, slot_seconds: 900, lines: [course, course] };
  assert.deepEqual(courseOf(day)?.offered, [2, 4]);
  assert.deepEqual(courseOf(day)?.timed_out, [0, 2]);
  assert.equal(courseOf({ ...day, lines: [course, null] }), null);
});

test("the number of lines in each state is counted", () => {
  const judgements = /** @type {any} */ ([{ state: "help" }, { state: "closed" }, { state: "help" }]);
  assert.deepEqual(statesOf(judgements), { help: 2, watch: 0, fine: 0, few: 0, none: 0, closed: 1 });
});

test("figures are live, silent, old, rebuilding or incomplete, and only live ones are not stale", () => {
  const was = (/** @type {any} */ of, /** @type {number} */ silent) => freshnessOf(of, silent).freshness;
  assert.deepEqual([was(null, 1), was(null, 6), was(figures(), 4.9), was(figures(), 5)], [
    "waiting", "silent", "live", "silent",
  ]);
  assert.equal(was(figures({ now_timestamp_seconds: 1031 }), 0), "old");
  assert.equal(was(figures({ figures_as_of_timestamp_seconds: null, complete: false }), 0), "rebuilding");
  assert.equal(was(figures({ complete: false }), 0), "incomplete");
  assert.equal(was(figures({ now_timestamp_seconds: 1061, complete: false }), 0), "old", "all of it is read, but late");
  assert.equal(was(figures({ now_timestamp_seconds: 1061, complete: false, rebuild_progress_ratio: 0.4 }), 0), "rebuilding");
  assert.deepEqual(["live", "waiting", "silent", "old"].map((of) => isStale(/** @type {any} */ (of))), [
    false, false, true, true,
  ]);
  assert.equal(freshnessOf(figures({ now_timestamp_seconds: 1002 }), 7).ageSeconds, 9);
});

test("a small n gives no percentage, n = 0 is no data, and no promise is neither", () => {
  const told = (/** @type {any} */ kept, pending = 0, promised = true) =>
    Object.values(keptInWords(english, kept, pending, promised));
  assert.deepEqual(told({ good: 9, valid: 10 }, 3), ["90\u00a0%", false, "n 10", "3 pending"]);
  assert.deepEqual(told({ good: 9, valid: 9 }), ["too few", true, "n 9", ""]);
  assert.deepEqual(told({ good: 0, valid: 0 }, 2), ["no data", true, "", "2 pending"]);
  assert.deepEqual(told(null), ["no data", true, "", ""]);
  assert.deepEqual(told({ good: 0, valid: 0 }, 0, false), ["no promise", true, "", ""]);
});

test("a line makes no promises only if a window with verdicts says so", () => {
  const decided = { ...today({ good: 0, valid: 0, decided: 0 }), contacts_decided: { answered: 3 } };
  const { promises: _, ...without } = decided;
  assert.equal(promises(line({ windows: { today: decided } })), false);
  assert.equal(promises(line({ windows: { today: today({ good: 0, valid: 0, decided: 0 }), open2h: without } })), null);
  assert.equal(promises(line()), true);
});

test("a line has callbacks if any were asked for, resolved or promised, in any window", () => {
  assert.equal(hasCallbacks(line()), false);
  assert.equal(hasCallbacks(line({ callbacks_outstanding: { later: 1, today: 0, overdue: 0 } })), true);
  for (const more of [{ callbacks_closed: { reached: 1 } }, { contacts_decided: { callback_requested: 1 } },
    { promises: { callback: { kept: 0, broken: 1, void: 0 } } }]) {
    assert.equal(hasCallbacks(line({ windows: { today: today(), yesterday: null, open5d: { ...today(), ...more } } })), true);
  }
});
