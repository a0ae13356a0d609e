import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock, duration, percent, percentOf, roughly, tenths } from "../../../crates/serve/src/board/format.js";
import { Language, LANGUAGES } from "../../../crates/serve/src/board/language.js";

test("a percentage is rounded down, so that rounding never reaches a goal", () => {
  assert.deepEqual([0, 0.004, 0.29, 0.58, 0.7999, 0.8, 0.999, 1].map(percentOf), [0, 0, 29, 58, 79, 80, 99, 100]);
});

test("a share above zero is not 0 %", () => {
  assert.deepEqual([0.001, 0.5].map((ratio) => percent(ratio).replaceAll("\u00a0", " ")), ["< 1 %", "50 %"]);
});

test("a share with a decimal is that of the reports: to the nearest, and none and all only if it is none or all", () => {
  const told = [[0, 7], [7, 7], [909, 1000], [1, 3000], [2999, 3000], [1, 6]].map(([good, valid]) => tenths(good, valid));
  assert.deepEqual(told, [0, 100, 90.9, 0.1, 99.9, 16.7]);
  const written = LANGUAGES.map((code) => {
    const language = new Language(code, "Europe/Helsinki");
    return [language.share(909, 1000), language.share(7, 7), language.score(68.3), language.score(70)];
  });
  const finnish = ["90,9\u00a0%", "100\u00a0%", "68,3", "70,0"];
  assert.deepEqual(written, [finnish, finnish, ["90.9\u00a0%", "100\u00a0%", "68.3", "70.0"]]);
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

test("an instant for a command is local and has its second", () => {
  const clock = new Clock("fi-FI", "Europe/Helsinki");
  assert.equal(clock.instant(Date.parse("2025-09-16T07:15:07Z") / 1000), "2025-09-16T10:15:07");
});
