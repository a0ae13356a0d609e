import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock, duration, percent, percentNear, percentOf, percentUp, roughly } from "../../../crates/serve/src/board/format.js";

test("a percentage is rounded down, so that rounding never reaches a goal", () => {
  assert.deepEqual([0, 0.004, 0.29, 0.58, 0.7999, 0.8, 0.999, 1].map(percentOf), [0, 0, 29, 58, 79, 80, 99, 100]);
});

test("small shares are rounded up, parts of a whole to the nearest, and a share above zero is not 0 %", () => {
  assert.deepEqual([0, 0.1, 0.101, 0.29].map(percentUp), [0, 10, 11, 29]);
  assert.deepEqual([0.266, 0.133, 0.6].map(percentNear), [27, 13, 60]);
  assert.deepEqual([0.001, 0.5].map((ratio) => percent(ratio).replaceAll("\u00a0", " ")), ["< 1 %", "50 %"]);
});

test("a duration is a clock below an hour, then hours and minutes, then hours, then days", () => {
  const written = [-1, 0, 61.9, 3599, 3600, 35_999, 86_399, 90_000].map((seconds) => duration(seconds).replaceAll("\u00a0", " "));
  assert.deepEqual(written, ["0:00", "0:00", "1:01", "59:59", "1 h 00", "9 h 59", "23 h", "1 d 1 h"]);
});

test("a limit is a round number of its largest unit", () => {
  const written = [5, 59, 60, 90, 300, 900, 3600, 7300, 86_400].map((seconds) => roughly(seconds).replace("\u00a0", " "));
  assert.deepEqual(written, ["5 s", "59 s", "1 min", "1 min", "5 min", "15 min", "1 h", "2 h", "1 d"]);
});

test("a time is as short as is clear, in the time zone of the lines", () => {
  const now = Date.parse("2025-09-16T23:30:00+03:00") / 1000;
  const clock = new Clock("fi-FI", "Europe/Helsinki");
  const near = (/** @type {string} */ at) => clock.near(Date.parse(at) / 1000, now);
  assert.deepEqual(
    [near("2025-09-16T23:45:00+03:00"), near("2025-09-17T08:00:00+03:00"), near("2025-09-29T08:00:00+03:00")],
    ["23.45", "ke 8.00", "ma 29.9. 8.00"],
  );
});
