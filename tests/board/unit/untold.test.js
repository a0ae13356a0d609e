import assert from "node:assert/strict";
import { test } from "node:test";
import { Untold } from "../../../crates/serve/src/board/untold.js";

test("who needs help from the start is no news, who newly needs it is told of once, and again after better times", () => {
  const untold = new Untold();
  assert.deepEqual([untold.next(["help", "fine"], true), untold.next(["help", "fine"], true)], [-1, -1]);
  assert.deepEqual([untold.next(["help", "help"], true), untold.next(["help", "help"], true)], [1, -1]);
  assert.deepEqual([untold.next(["fine", "help"], true), untold.next(["help", "help"], true)], [-1, 0]);
});

test("of two at once, or of one while nothing may be told, none is forgotten", () => {
  const untold = new Untold();
  untold.next(["fine", "fine", "fine"], false);
  assert.equal(untold.next(["help", "fine", "help"], false), -1);
  assert.deepEqual([0, 1, 2].map(() => untold.next(["help", "fine", "help"], true)), [0, 2, -1]);
});

test("who is well again before there was time to tell is not told of", () => {
  const untold = new Untold();
  untold.next(["fine", "fine"], true);
  assert.equal(untold.next(["help", "help"], true), 0);
  assert.equal(untold.next(["help", "fine"], true), -1);
});
