import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock } from "../../../crates/serve/src/board/format.js";
import { hoursStruck, slotsOf, spanOf } from "../../../crates/serve/src/board/hours.js";

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

test("a day's chart lies over the opening hours of its line, and over contacts outside them", () => {
  const start = Date.parse("2025-09-16T00:00:00+03:00") / 1000;
  const slots = (/** @type {[number, number][]} */ open, /** @type {number[]} */ contacts = []) => {
    const offered = Array.from({ length: 41 }, (_, slot) => (contacts.includes(slot) ? 1 : 0));
    const none = offered.map(() => 0);
    const course = { offered, answered: none, callback_requested: none, timed_out: none, abandoned: none };
    const hours = open.map(([from, to]) => /** @type {[number, number]} */ ([start + from * 3600, start + to * 3600]));
    return slotsOf({ start_timestamp_seconds: start, slot_seconds: 900, lines: [course], open: [hours] }, 0);
  };
  assert.deepEqual(slots([[8, 16]]), [32, 64]);
  assert.deepEqual(slots([[8, 11], [12, 15.5]]), [32, 64], "whole hours");
  assert.deepEqual(slots([[8, 16]], [29]), [28, 64], "a call before opening");
  assert.deepEqual(slots([], [30, 35]), [28, 36]);
  assert.deepEqual(slots([]), [0, 96]);
  const unknown = { start_timestamp_seconds: start, slot_seconds: 900, lines: [null], open: [null] };
  assert.deepEqual(slotsOf(/** @type {any} */ (unknown), 0), [0, 96]);
});
