import assert from "node:assert/strict";
import { test } from "node:test";
import { Newly } from "../../../crates/serve/src/board/newly.js";
import { wantedOrder } from "../../../crates/serve/src/board/order.js";
import { Seen } from "../../../crates/serve/src/board/seen.js";

/** @param {string} state @param {number} rank @param {...string} help the keys of its reasons of help @returns {any} */
const judged = (state, rank, ...help) => ({ state, rank, reasons: help.map((key) => ({ key, grade: "help", values: {} })) });

const WAIT = judged("help", 1, "long_wait");

/** A mark of `judgement` at 0 for 900 seconds, and the function that asks for it. */
function seen(judgement = WAIT) {
  /** @type {string[]} */
  const kept = [];
  const marks = new Seen(null, (text) => kept.push(text));
  marks.mark("mipa", judgement, 900);
  return { kept, marks, until: (/** @type {any} */ now, at = 60) => marks.until("mipa", now, at) };
}

test("a line that was seen to is grey until its time is over", () => {
  const { until } = seen();
  assert.deepEqual([until(WAIT), until(WAIT, 899), until(WAIT, 900), until(WAIT, 60)], [900, 900, null, null]);
});

test("it comes back at once when something more urgent begins", () => {
  assert.equal(seen().until(judged("help", 0, "nobody_answers", "long_wait")), null, "more urgent");
  assert.equal(seen().until(judged("help", 1, "long_wait", "discarded")), null, "another reason of help");
  assert.equal(seen(judged("watch", 5)).until(judged("help", 5, "overdue")), null, "help instead of watch");
  assert.equal(seen(judged("watch", 6)).until(judged("watch", 1)), null, "a more urgent reason to watch");
  assert.equal(seen().until(judged("watch", 1)), 900, "better, and not over");
  assert.equal(seen(judged("watch", 5)).until(judged("watch", 9)), 900);
});

test("it is over when the line asks for nothing, and is new if it does so again", () => {
  const { until } = seen();
  assert.deepEqual([until(judged("fine", 15)), until(WAIT)], [null, null]);
});

test("it is kept in the browser, can be taken back, and anything else there is ignored", () => {
  const { kept, marks, until } = seen();
  const again = new Seen(kept.at(-1) ?? "", () => {});
  assert.deepEqual([again.until("mipa", WAIT, 60), again.until("chat", WAIT, 60)], [900, null]);
  marks.unmark("mipa");
  assert.equal(until(WAIT), null);
  assert.equal(new Seen("{", () => {}).until("mipa", WAIT, 60), null);
});

test("tiles that were seen to come after all others that ask for attention", () => {
  const judgements = [judged("fine", 15), judged("help", 1), judged("watch", 5), judged("help", 0)];
  assert.deepEqual(wantedOrder(judgements, [null, null, null, 900]), [1, 2, 3, 0]);
});

test("a line newly needs help once: not at the start, not while it flickers, again after five calm minutes", () => {
  const newly = new Newly();
  /** @param {number} now @param {...any} states */
  const at = (now, ...states) => newly.next(states, now);
  assert.deepEqual(at(0, "help", "fine"), [], "known from the start");
  assert.deepEqual(at(1, "help", "help"), [1]);
  assert.deepEqual([at(2, "help", "watch"), at(200, "fine", "help"), at(201, "help", "help")], [[], [], []]);
  assert.deepEqual(at(300, "help", "fine"), []);
  assert.deepEqual(at(501, "help", "fine"), []);
  assert.deepEqual(at(502, "help", "help"), [1], "last in help at 201");
});
