import assert from "node:assert/strict";
import { test } from "node:test";
import { Untold } from "../../../crates/serve/src/board/untold.js";

test("a line that needs help from the start is not announced; a new one is announced once, and again after it recovered", () => {
  const untold = new Untold();
  assert.deepEqual([untold.next(["help", "fine"], true), untold.next(["help", "fine"], true)], [-1, -1]);
  assert.deepEqual([untold.next(["help", "help"], true), untold.next(["help", "help"], true)], [1, -1]);
  assert.deepEqual([untold.next(["fine", "help"], true), untold.next(["help", "help"], true)], [-1, 0]);
});

test("two lines at once, or one during a pause, are not forgotten", () => {
  const untold = new Untold();
  untold.next(["fine", "fine", "fine"], false);
  assert.equal(untold.next(["help", "fine", "help"], false), -1);
  assert.deepEqual([0, 1, 2].map(() => untold.next(["help", "fine", "help"], true)), [0, 2, -1]);
});

test("a line that recovers before its announcement is not announced", () => {
  const untold = new Untold();
  untold.next(["fine", "fine"], true);
  assert.equal(untold.next(["help", "help"], true), 0);
  assert.equal(untold.next(["help", "fine"], true), -1);
});
