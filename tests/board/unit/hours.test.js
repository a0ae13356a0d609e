import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock } from "../../../crates/serve/src/board/format.js";
import { hoursStruck, spanOf } from "../../../crates/serve/src/board/hours.js";

/** @param {string} midnight @returns {any} */
const day = (midnight) => ({ start_timestamp_seconds: Date.parse(midnight) / 1000, slot_seconds: 900, lines: [] });

test("a day's chart is 24 hours wide, and one hour wider after the clock was set back", () => {
  const [start, end] = spanOf(day("2025-10-26T00:00:00+03:00"), 96);
  assert.equal(end - start, 86_400);
  assert.deepEqual(spanOf(day("2025-10-26T00:00:00+03:00"), 100), [start, start + 25 * 3600]);
});

test("hours are marked at local full hours, also on days of clock changes", () => {
  const struck = (/** @type {string} */ midnight, /** @type {number} */ slots) =>
    ["fi-FI", "sv-FI", "en-GB"].map((locale) => {
      const clock = new Clock(locale, "Europe/Helsinki");
      return hoursStruck(clock, spanOf(day(midnight), slots), 6).map((at) => parseInt(clock.minute(at), 10));
    });
  const each = (/** @type {number[]} */ hours) => [hours, hours, hours];
  assert.deepEqual(struck("2025-09-16T00:00:00+03:00", 40), each([0, 6, 12, 18, 0]));
  assert.deepEqual(struck("2025-10-26T00:00:00+03:00", 100), each([0, 6, 12, 18, 0]));
  assert.deepEqual(struck("2026-03-29T00:00:00+02:00", 92), each([0, 6, 12, 18, 0]));
});
